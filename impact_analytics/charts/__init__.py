"""One module per question a chart answers: rows in, a figure and a sentence for those who do not see it out."""
