"""What a number rests on, for the pages that show it: formula, the input rows behind it, and its verdict."""

from typing import Any

from impact_analytics import verify
from impact_analytics.i18n import texts
from impact_analytics.plain import Recomputed, Tables
from impact_analytics.queries import Asked, behind
from impact_analytics.queries.behind import Behind, Stands
from impact_analytics.semantics import Metric, metrics
from impact_analytics.ui import markup, page
from impact_analytics.ui.page import View
from impact_analytics.verify import Verdict

__all__ = ["Behind", "Stands", "Verdict"]

DIVIDED, MINUS = " ÷ ", " \u2212 "
MARKS = {True: "on_track", False: "late", None: "watch"}
SIGNS = {True: "✓", False: "✗", None: "–"}
SHORT_ID = 8


def say(view: View, key: str, **values: object) -> str:
    """Return one of these sentences, its `{places}` filled; `a.b` reaches into tables."""
    found: Any = texts("passport", view.lang)
    for part in key.split("."):
        found = found[part]
    return str(found).format(**values) if values else str(found)


# ---------------------------------------------------------------- words of a metric


def name_of(view: View, metric: str) -> str:
    """Return a metric's name."""
    return str(metrics()[metric].words(view.lang)["name"])


def unit(view: View, metric: Metric) -> str:
    """Return the words of a metric's unit."""
    return say(view, f"units.{metric.unit}")


def direction(view: View, metric: Metric) -> str:
    """Say which way is better; blank where neither is."""
    return "" if metric.better == "none" else say(view, f"better.{metric.better}")


def formula(view: View, metric: Metric) -> str:
    """Return a metric's formula: metrics by name, or what is aggregated of which fact under which condition."""
    if metric.parts:
        first, second = (name_of(view, one) for one in metric.parts)
        return first + (DIVIDED if metric.numerator else MINUS) + second
    parts = [say(view, "formula_of", aggregate=metric.aggregate, source=metric.source)]
    if metric.where:
        parts.append(say(view, "formula_where", where=metric.where))
    if metric.per:
        parts.append(say(view, "formula_per", inner=metric.inner, per=", ".join(metric.per)))
    return ", ".join(parts)


def lines(view: View, metric: Metric, found: Recomputed | None, rows: Tables) -> list[tuple[str, str]]:
    """Return what is said of a metric: term and words, those that there are."""
    said = metric.words(view.lang)
    told = [
        (view.app("definition"), said["definition"]),
        (view.app("formula"), formula(view, metric)),
        (say(view, "unit"), unit(view, metric)),
        (say(view, "direction"), direction(view, metric) or say(view, "no_direction")),
        (view.app("legal_base"), metric.legal_base.get(view.lang) or say(view, "no_legal_base")),
        (view.app("caveat"), said.get("caveat", "")),
        (say(view, "adding"), say(view, "adds" if metric.adds else "adds_not")),
        (say(view, "newest_sheet"), _newest(view, found, rows) if found else ""),
        (say(view, "tables"), ", ".join(verify.tables_behind(metric.id))),
    ]
    return [(term, words) for term, words in told if words]


def _newest(view: View, found: Recomputed, rows: Tables) -> str:
    period, received = behind.newest_period(found, rows)
    return say(view, "newest_said", period=period, day=page.written(view, received, "date")) if period else ""


# ---------------------------------------------------------------- the rows behind it


def rows_of(view: View) -> Tables:
    """Return the input rows of the data version shown."""
    return verify.rows_behind(view.snapshot, verify.folder_of(view.programme.id))


def own_rows(view: View, rows: Tables) -> bool:
    """Say whether rows are those that the data version holds itself, since its files are gone or have changed."""
    return rows is behind.tables(view.snapshot)


def place(view: View, stands: Stands) -> str:
    """Say where a row stands: file and line, or worksheet and cell."""
    row = stands.row
    if stands.cell:
        return say(view, "cell_place", file=row.file, sheet=row.sheet, cell=stands.cell)
    if row.sheet:
        return say(view, "sheet_place", file=row.file, sheet=row.sheet, line=row.line)
    return say(view, "row_place", file=row.file, line=row.line)


def amount(view: View, measure: str, value: Any) -> str:
    """Return what rows put into a measure, as written."""
    kind = metrics()[measure].unit
    plain = float(value) if kind in ("share", "points") else value
    return page.written(view, plain, kind)


# ---------------------------------------------------------------- the verdict


def judge(asked: Asked, metric: str) -> Verdict:
    """Work a figure out anew from the input files."""
    return verify.verify(asked, metric, verify.folder_of(asked.snapshot.programme_id))


def verdict(view: View, found: Verdict) -> str:
    """Return a verdict as HTML: the sentence, both values, both data versions, what it was worked out of."""
    sentence = say(view, f"verdict.{found.outcome}", odd=found.odd, reason=found.reason.get(view.lang, ""))
    sign = f'<span aria-hidden="true">{SIGNS[found.holds]}</span> '
    facts = [(say(view, key), said) for key, said in _facts(view, found)]
    listed = "".join(f"<dt>{markup.escape(term)}</dt><dd>{markup.escape(said)}</dd>" for term, said in facts)
    below = page.quietly(_worked_from(view, found)) if found.again.parts else ""
    return (
        f'<div class="verdict status-{MARKS[found.holds]}" role="status"><p>{sign}{markup.escape(sentence)}</p>'
        f"<dl>{listed}</dl>{below}</div>"
    )


def _facts(view: View, found: Verdict) -> list[tuple[str, str]]:
    kind = found.shown.unit
    told = [("shown", page.written(view, found.shown.value, kind, basis=found.shown.basis))]
    if found.again.parts:
        told.append(("again", page.written(view, found.again.value, kind, basis=found.again.basis)))
    told.append(("snapshot_shown", view.snapshot.id[:SHORT_ID]))
    return [*told, ("snapshot_files", found.files[:SHORT_ID])] if found.files else told


def _worked_from(view: View, found: Verdict) -> str:
    parts = [part for parts in found.again.parts.values() for part in parts if part.amount is not None]
    rows = {id(row): row for part in parts for row in part.rows}
    return say(
        view,
        "verified_from",
        rows=page.written(view, len(rows), "count"),
        files=page.written(view, len({row.file for row in rows.values()}), "count"),
        tables=", ".join(verify.tables_behind(found.shown.metric)),
    )
