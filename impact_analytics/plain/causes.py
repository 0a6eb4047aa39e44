"""Causes of delay that the standing sheets name."""

from collections.abc import Callable, Iterator

from impact_analytics.plain.figures import Figure, Part, Question, different, total, twin
from impact_analytics.plain.projects import places, withdrawn
from impact_analytics.plain.rows import Row
from impact_analytics.plain.versions import by_sheet, standing


def named(asked: Question, counts: Callable[[Row, bool], bool]) -> Iterator[Part]:
    """Yield every cause of a standing sheet: 1 where it counts, told whether its sheet is the newest of its project.

    The newest sheet of a project that has withdrawn is not meant.
    """
    for id, sheets in standing(asked.tables, asked.as_of).items():
        newest = "" if withdrawn(asked.tables, id, asked.as_of) else sheets[-1][2]["sheet_id"]
        for _, period, sheet in sheets:
            for row in by_sheet(asked.tables, "sheet_cause").get(sheet["sheet_id"], ()):
                at = {**places(asked.tables)[id], "period": period}
                at |= {"action_line": row["action_line"], "cause_origin": row["origin"], "cause_nature": row["nature"]}
                amount = int(counts(row, sheet["sheet_id"] == newest))
                yield Part(amount, at, (row, sheet), row.basis, under=id)


@twin
def causes(asked: Question) -> Figure:
    """Count the causes named."""
    return total(named(asked, lambda _, __: True))


@twin
def causes_uncoded(asked: Question) -> Figure:
    """Count those whose origin or nature was not coded."""
    return total(named(asked, lambda row, _: row["origin"] is None or row["nature"] is None))


@twin
def causes_newest(asked: Question) -> Figure:
    """Count those in the newest sheet of a project."""
    return total(named(asked, lambda _, newest: newest))


@twin
def projects_with_causes(asked: Question) -> Figure:
    """Count the projects whose newest sheet names one."""
    return different(named(asked, lambda _, newest: newest))
