"""The sheet board as HTML: projects by periods, every cell a link; and rows grouped under one heading."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote

from impact_analytics.formats import NBSP
from impact_analytics.ui.markup import escape
from impact_analytics.ui.page import View

SIGNS = {"received": "✓", "late": "!", "to_be_completed": "…", "missing": "×"}
CLASSES = {"late": "l", "to_be_completed": "c", "missing": "m"}  # what is most frequent needs none: a board is long
PROJECT, PERIOD = "-project-", "-period-"


@dataclass(frozen=True)
class Row:
    """A project on the board: its id, its name, the grade of each of its periods."""

    id: str
    name: str
    grades: Mapping[str, str]


Address = Callable[[str, str], str]


def addresses(view: View) -> Address:
    """Return what gives the address of a sheet, or of a project's newest one, relative to the page and escaped.

    The choices that all cells share are worked out once, and `&` stays bare before names of ours: a board has hundreds.
    """
    one, newest = (_relative(view.link(view.spec.slug, project=PROJECT, period=period)) for period in (PERIOD, None))

    def address(project: str, period: str = "") -> str:
        return (one if period else newest).replace(PROJECT, quote(project)).replace(PERIOD, quote(period))

    return address


def _relative(link: str) -> str:
    return escape(f"?{link.partition('?')[2]}").replace("&amp;", "&")


def legend(words: Mapping[str, str], blank: str) -> str:
    """Return what the signs mean."""
    told = [
        f'<span><b class="cell {CLASSES.get(grade, "")}">{SIGNS[grade]}</b> {escape(word)}</span>'
        for grade, word in words.items()
    ]
    return f'<p class="legend">{"".join(told)}<span>{escape(blank)}</span></p>'


def board(
    rows: Sequence[Row],
    periods: Mapping[str, str],
    words: Mapping[str, str],
    address: Address,
    *,
    caption: str,
    corner: str,
    chosen: tuple[str, str] = ("", ""),
) -> str:
    """Return projects by periods as a table; a cell shows its sign and says its word."""
    body = "".join(_row(row, periods, words, address, chosen) for row in rows)
    return (
        f'<div class="table-box" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="board"><caption>{escape(caption)}</caption>'
        f"<thead>{_heads(periods, corner)}</thead><tbody>{body}</tbody></table></div>"
    )


def _heads(periods: Mapping[str, str], corner: str) -> str:
    """Return two rows of headings: years over the parts of a year."""
    parts = [words.rpartition(NBSP) for words in periods.values()]
    years = [(year, len(list(some))) for year, some in groupby(part[-1] for part in parts)]
    above = "".join(f'<th scope="colgroup" colspan="{count}">{escape(year)}</th>' for year, count in years)
    below = "".join(f'<th scope="col">{escape((part or year).replace(NBSP, " "))}</th>' for part, _, year in parts)
    return f'<tr><th scope="col" rowspan="2">{escape(corner)}</th>{above}</tr><tr>{below}</tr>'


def _row(
    row: Row, periods: Mapping[str, str], words: Mapping[str, str], address: Address, chosen: tuple[str, str]
) -> str:
    cells = "".join(_cell(row, period, words, address, chosen) for period in periods)
    return f'<tr><th scope="row"><a href="{address(row.id, "")}">{escape(row.name)}</a></th>{cells}</tr>'


def _cell(row: Row, period: str, words: Mapping[str, str], address: Address, chosen: tuple[str, str]) -> str:
    grade = row.grades.get(period)
    if not grade:
        return "<td>"
    mark = f" class={CLASSES[grade]}" if grade in CLASSES else ""
    here = " aria-current=true" if chosen == (row.id, period) else ""
    return f'<td><a{mark}{here} href="{address(row.id, period)}">{SIGNS[grade]}<i>{escape(words[grade])}</i></a>'


# ---------------------------------------------------------------- lists


def grouped(groups: Sequence[tuple[str, Sequence[Sequence[str]]]], headings: Sequence[str], *, caption: str) -> str:
    """Return rows under the heading they share, all of them HTML already, as a table."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(_group(name, rows) for name, rows in groups)
    return (
        f'<div class="table-box" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="figures grouped"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead>{body}</table></div>"
    )


def _group(name: str, rows: Sequence[Sequence[str]]) -> str:
    lines = [f"{''.join(f'<td>{cell}' for cell in row)}</tr>" for row in rows]
    return f'<tbody><tr><th scope="rowgroup" rowspan="{len(rows)}">{name}</th>' + "<tr>".join(lines) + "</tbody>"


def facts(told: Sequence[tuple[str, str]]) -> str:
    """Return names and what stands beside them, HTML already, as a list."""
    return (
        '<dl class="facts">'
        + "".join(f"<div><dt>{escape(name)}</dt><dd>{said}</dd></div>" for name, said in told)
        + "</dl>"
    )
