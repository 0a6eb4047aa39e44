"""Files that readers take away: one module per format, data -> bytes."""

from impact_analytics.exports.csv_file import csv_file
from impact_analytics.exports.workbook import Field, Sheet, workbook

__all__ = ["Field", "Sheet", "csv_file", "workbook"]
