"""The deadline ledger in sentences: where the term of a project, of a line's projects or of all stands on a day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from impact_analytics.formats import MINUS, UNITS, full, short_day
from impact_analytics.frames import records
from impact_analytics.i18n import Words, texts
from impact_analytics.queries.asked import Asked, names, rows
from impact_analytics.queries.deadlines import EXTENSIONS, terms

Row = Mapping[Any, Any]


def of_project(asked: Asked, project: str, lang: str) -> str:
    """Return the sentence of one project: term in force, by how much it moved, residual delay."""
    said = texts("ledger", lang)
    row = next((row for row in records(terms(asked, lang)) if row["id"] == project), None)
    if row is None:
        return str(said["unknown"]).format(label=_of_project(asked, project, lang), day=_day(asked.as_of, lang))
    return _project_said(row, asked.as_of, lang)


def of_projects(asked: Asked, lang: str) -> dict[str, str]:
    """Return the sentence of every project asked for, by its id, the longest residual delay first."""
    return {row["id"]: _project_said(row, asked.as_of, lang) for row in records(terms(asked, lang))}


def of_all(asked: Asked, label: str, lang: str) -> str:
    """Return the sentence of all projects asked for together; `label` says whose they are."""
    return _together(records(terms(asked, lang)), asked.as_of, label, lang)


def of_lines(asked: Asked, lines: Sequence[str], lang: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the sentences of action lines, of the projects with funds on them: lines with the same one together."""
    said, every, funded = texts("ledger", lang), records(terms(asked, lang)), _funded(asked)
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        of_line = [row for row in every if row["id"] in funded.get(line, ())]
        told = str(said["line_none" if funded else "line_unknown"])
        if of_line:
            told = _together(of_line, asked.as_of, str(said["line_label"]), lang)
        sentence = str(said["line"]).format(said=told)
        found[sentence] = (*found.get(sentence, ()), line)
    return [(same, sentence) for sentence, same in found.items()]


@lru_cache(maxsize=512)
def _funded(asked: Asked) -> dict[str, frozenset[str]]:
    """Return the projects with funds on a line by the newest budget known by then, by line."""
    found = rows(
        asked,
        """
        SELECT action_line, project_id FROM fact_budget
        WHERE entry = 'assigned' AND known_from <= $as_of
        GROUP BY ALL HAVING sum(amount_eur) > 0
        """,
    )
    lines: dict[str, set[str]] = {}
    for row in records(found):
        lines.setdefault(row["action_line"], set()).add(row["project_id"])
    return {line: frozenset(projects) for line, projects in lines.items()}


# --- one project ------------------------------------------------------------------------------------------------------


def _project_said(row: Row, as_of: date, lang: str) -> str:
    said = texts("ledger", lang)
    places = {
        "label": row["label"],
        "day": _day(as_of, lang),
        "withdrawn": row["withdrawn"],
        "term": _day(row["term_on"], lang),
        "act": _act(row, said),
        "moved": _moved(row, lang),
        "residual": _residual(row, lang),
        "possible": _possible([row], lang),
    }
    key = "untold" if row["term_on"] is None else "project"
    if row["withdrawn"]:
        key = "withdrawn_untold" if row["term_on"] is None else "withdrawn"
    return str(said[key]).format(**places)


def _act(row: Row, said: Words) -> str:
    return str(said["act_not_found"] if row["act_not_found"] else row["act"] or said["no_act"])


def _moved(row: Row, lang: str) -> str:
    said, split = texts("ledger", lang), _split(row, lang)
    if not split:
        return str(said["not_moved"])
    first = _day(row["first_term_on"], lang)
    return str(said["moved"]).format(months=_months(row, lang), first=first, split=split)


def _residual(row: Row, lang: str) -> str:
    said = texts("ledger", lang)
    if row["residual_days"] is None:
        return str(said["residual_unknown"])
    places = {"kind": said["kind"][row["end_kind"]], "end": row["ended"]}
    if not row["residual_days"]:
        return str(said["in_time"]).format(**places)
    return str(said["late"]).format(days=full(row["residual_days"], UNITS["days"], lang), **places)


def _split(row: Row, lang: str) -> str:
    """Return the months moved in three: with money, without, of unknown type; those that are none left out."""
    counts = {name: row[f"{name}_months"] for name in EXTENSIONS}
    return ", ".join(_signed(name, count, lang) for name, count in counts.items() if count)


def _signed(name: str, count: int, lang: str) -> str:
    """Return a number of months of a type; a term brought forward is below nought."""
    form = texts("ledger", lang)[name]["one" if abs(count) == 1 else "many"]
    return (MINUS if count < 0 else "") + str(form).format(count=abs(count))


def _months(row: Row, lang: str) -> str:
    return full(row["moved_months"], UNITS["months"], lang)


# --- several ----------------------------------------------------------------------------------------------------------


def _together(found: Sequence[Row], as_of: date, label: str, lang: str) -> str:
    said, active = texts("ledger", lang), [row for row in found if row["withdrawn_on"] is None]
    known = [row for row in active if row["term_on"] is not None]
    key = "several_untold" if active else "several_gone"
    if known:
        key = "several" if len({row["term_on"] for row in known}) == 1 else "several_far"
    last = max((row["term_on"] for row in known), default=None)
    places = {"label": label, "day": _day(as_of, lang), "possible": _possible(active, lang)}
    if known:
        places |= {
            "term": _day(last, lang),
            "count": _counted(sum(row["term_on"] == last for row in known), len(active), said),
            "others": _others(active, last, lang),
            "moved": _all_moved(known, lang),
            "residual": _all_residual(active, lang),
        }
    return str(said[key]).format(**places)


def _counted(count: int, total: int, said: Words) -> str:
    key = "part_of" if count < total else "only_one" if total == 1 else "all_of"
    return str(said[key]).format(count=count, total=total)


def _others(active: Sequence[Row], last: date | None, lang: str) -> str:
    """Return the other terms, the latest first, and for how many projects none is attested."""
    said, counts = texts("ledger", lang), Counter(row["term_on"] for row in active if row["term_on"] != last)
    untold = counts.pop(None, 0)
    listed = [
        str(said["other"]).format(term=_day(term, lang), count=counts[term]) for term in sorted(counts, reverse=True)
    ]
    listed += [str(said["without_term"]).format(count=untold)] if untold else []
    return str(said["others"]).format(listed="; ".join(listed)) if listed else ""


def _all_moved(known: Sequence[Row], lang: str) -> str:
    """Say by how much all terms moved where it is the same, else by how much the one that moved most did."""
    said = texts("ledger", lang)
    splits = {tuple(row[f"{name}_months"] for name in EXTENSIONS) for row in known}
    most = max(known, key=lambda row: (row["moved_months"], *(row[f"{name}_months"] for name in EXTENSIONS)))
    split = _split(most, lang)
    if not split:
        return str(said["not_moved"])
    return str(said["moved_alike" if len(splits) == 1 else "moved_most"]).format(
        months=_months(most, lang), split=split
    )


def _all_residual(active: Sequence[Row], lang: str) -> str:
    said = texts("ledger", lang)
    told = [row for row in active if row["residual_days"] is not None]
    late = [row for row in told if row["residual_days"]]
    if not told:
        return str(said["residual_unknown"])
    known = _projects(len(told), said)
    if not late:
        return str(said["several_in_time"]).format(known=known)
    worst = min(late, key=lambda row: (-row["residual_days"], row["label"]))
    days = full(worst["residual_days"], UNITS["days"], lang)
    return str(said["several_late"]).format(late=len(late), known=known, days=days, label=worst["label"])


def _possible(found: Sequence[Row], lang: str) -> str:
    term = max((row["possible_term_on"] for row in found if row["possible_term_on"] is not None), default=None)
    return "" if term is None else str(texts("ledger", lang)["possible"]).format(term=_day(term, lang))


def _projects(count: int, said: Words) -> str:
    return str(said["projects"]["one" if count == 1 else "many"]).format(count=count)


def _day(when: date | None, lang: str) -> str:
    return "" if when is None else short_day(when, "day", lang)


def _of_project(asked: Asked, project: str, lang: str) -> str:
    return names(asked.snapshot, "project", lang).get(project, project)
