"""Results: counted as published, never added."""

from impact_analytics.plain.figures import Figure, Question, part, total, twin
from impact_analytics.plain.projects import places


@twin
def results_published(asked: Question) -> Figure:
    """Count the results reached that were published."""
    return total(
        part(1, {**places(asked.tables)[row["project_id"]], "action_line": row["action_line"]}, row)
        for row in asked.known("result")
        if row["kind"] == "achieved"
    )
