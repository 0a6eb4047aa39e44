"""Three clocks of every project and line: time, physical progress and expenditure, and the gaps between them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from impact_analytics.frames import records
from impact_analytics.queries.asked import Asked, answer, names, narrowed_sql, of_project, periods, rows

CLOCKS = {
    "time": "time_progress",
    "physical": "physical_progress",
    "expenditure": "expenditure_clock",
    "gap": "gap",
    "expenditure_gap": "expenditure_gap",
}
SCHOOL = {
    "time": "time_progress",
    "school": "school_time_progress",
    "physical": "school_physical_progress",
    "school_gap": "school_gap",
}
EVERY = ("territory", "macro_area", "action_line", "project")
TREND = 5  # ends of periods a course goes back


def standing(gap: Any, thresholds: Mapping[str, float]) -> str:
    """Return how a gap stands by the programme's thresholds: on_track, watch, late; nothing where one is not known."""
    watch, late = (thresholds.get(f"gap_{name}_points") for name in ("watch", "late"))
    if gap is None or watch is None or late is None:
        return ""
    behind = round(-float(gap) * 100, 6)
    return "late" if behind >= late else "watch" if behind >= watch else "on_track"


def by_project(asked: Asked, lang: str) -> pd.DataFrame:
    """Return one row per active project with a budget, the one furthest behind time first.

    Columns: id, label, territory, time, physical, expenditure (shares), gap, expenditure_gap, status, targets, lacking
    (indicators with and without a target), basis.
    """
    labels = _labels(asked, lang)
    found = [row | labels[row["id"]] for row in _clocks(asked, "project") if row["id"] in labels]
    found.sort(key=lambda row: (row["gap"] is None, row["gap"] or 0, row["label"]))
    return _told(asked, found, "project_id", ("id", "label", "territory"))


def by_line(asked: Asked, lang: str, project: str = "") -> pd.DataFrame:
    """Return one row per line, in their own order, of all active projects or of one: columns as `by_project`."""
    one = of_project(asked, project) if project else asked
    found = {row["id"]: row for row in _clocks(one, "action_line")}
    order = names(asked.snapshot, "action_line", lang)
    told = [found[id] | {"label": label} for id, label in order.items() if id in found]
    return _told(one, told, "action_line", ("id", "label"))


def _clocks(asked: Asked, by: str) -> list[dict[str, Any]]:
    """Return the clocks and gaps by the ids of a dimension."""
    frame, _ = answer(asked, tuple(CLOCKS.values()), (by,))
    return [
        {"id": row[by]}
        | {name: row[metric] for name, metric in CLOCKS.items()}
        | {"basis": row["time_progress_basis"] or row["expenditure_clock_basis"] or ""}
        for row in records(frame)
    ]


def _told(asked: Asked, found: Sequence[dict[str, Any]], by: str, heads: Sequence[str]) -> pd.DataFrame:
    counts = _targets(asked, by)
    thresholds = asked.snapshot.programme.thresholds
    columns = [*heads, *CLOCKS, "status", "targets", "lacking", "basis"]
    told = [
        row
        | {"status": standing(row["gap"], thresholds)}
        | dict(zip(("targets", "lacking"), counts[row["id"]], strict=True))
        for row in found
    ]
    return pd.DataFrame([[row[name] for name in columns] for row in told], columns=columns, dtype=object)


def _targets(asked: Asked, by: str) -> dict[str, tuple[int, int]]:
    """Return by project or line how many indicators of projects have a target by then, and how many have none."""
    found = rows(
        asked,
        f"""
        WITH target AS (
            SELECT project_id, indicator_id, sum(target) AS target
            FROM fact_target WHERE known_from <= $as_of GROUP BY ALL
        )
        SELECT x.project_id, x.action_line, count(*) FILTER (WHERE t.target > 0) AS targets,
            count(*) FILTER (WHERE t.target IS NULL OR t.target <= 0) AS lacking
        FROM mart_clock AS x
        JOIN indicator AS i USING (action_line)
        LEFT JOIN target AS t ON t.project_id = x.project_id AND t.indicator_id = i.indicator_id
        WHERE x.as_of = $as_of AND {narrowed_sql(asked, "x", EVERY)}
        GROUP BY x.project_id, x.action_line
        """,
    )
    counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in records(found):
        with_target, without = counts[row[by]]
        counts[row[by]] = with_target + row["targets"], without + row["lacking"]
    return counts


def _labels(asked: Asked, lang: str) -> dict[str, dict[str, str]]:
    """Return what every project is called: by its territory, and by its title too where a territory has several."""
    found = records(
        rows(
            asked,
            f"""
            SELECT p.project_id, p.territory, t.name_{lang} AS place, coalesce(j.title, p.project_id) AS title,
                count(*) OVER (PARTITION BY p.territory) AS projects
            FROM fact_place AS p JOIN territory AS t USING (territory) JOIN project AS j USING (project_id)
            WHERE p.known_from <= $as_of
            """,
        )
    )
    return {
        row["project_id"]: {
            "label": row["place"] if row["projects"] == 1 else f"{row['place']} · {row['title']}",
            "territory": row["territory"],
        }
        for row in found
    }


def projects(asked: Asked, lang: str) -> dict[str, str]:
    """Return the projects that have clocks, by id: what they are called, in the order of their names."""
    found = rows(
        asked,
        f"SELECT DISTINCT x.project_id AS id FROM mart_clock AS x "
        f"WHERE x.as_of = $as_of AND {narrowed_sql(asked, 'x', EVERY[:2])}",
    )
    labels = _labels(asked, lang)
    return dict(sorted(((id, labels[id]["label"]) for id in found["id"] if id in labels), key=lambda pair: pair[1]))


# ---------------------------------------------------------------- the course


def ends(asked: Asked) -> tuple[date, ...]:
    """Return the ends of reporting periods up to the day asked, the newest ones, in order."""
    found = rows(asked, "SELECT ends_on FROM reporting_period WHERE ends_on <= $as_of ORDER BY ends_on")
    offered = periods(asked.snapshot)
    return tuple(day for day in found["ends_on"] if day in offered)[-TREND:]


def gap_of_project(asked: Asked, project: str, lang: str, everywhere: str) -> pd.DataFrame:
    """Return the gap of a project beside that of all asked for, as it stood at the end of each period.

    Columns: series, label, position, on, value, basis.
    """
    label = _labels(asked, lang)[project]["label"]
    told = [(project, label, 0, of_project(asked, project)), ("", everywhere, 1, asked)]
    return _course([_days(one, ("gap",), (id, name, place)) for id, name, place, one in told])


def gap_of_lines(asked: Asked, lang: str) -> pd.DataFrame:
    """Return the gap of each line as it stood at the end of each period: columns as `gap_of_project`."""
    days = ends(asked)
    if not days:
        return _course([])
    frame, _ = answer(replace(asked, days=days), ("gap",), ("action_line",))
    found = defaultdict(list)
    for row in records(frame):
        if row["as_of"] in days:
            found[row["action_line"]].append((row["as_of"], row["gap"], row["gap_basis"]))
    order = enumerate(names(asked.snapshot, "action_line", lang).items())
    return _course([[(id, label, place, *point) for point in found[id]] for place, (id, label) in order if id in found])


def school(asked: Asked, words: Mapping[str, str]) -> pd.DataFrame:
    """Return calendar time, school time and physical progress of the school lines at the end of each period.

    Columns: series, label (from `words`, by series), position, on, value, basis.
    """
    narrowed = school_asked(asked)
    if narrowed is None:
        return _course([])
    shown = list(SCHOOL)[:3]
    return _course([_days(narrowed, (SCHOOL[id],), (id, words[id], place)) for place, id in enumerate(shown)])


def _days(asked: Asked, metrics: tuple[str], head: tuple[str, str, int]) -> list[tuple[Any, ...]]:
    days = ends(asked)
    if not days:
        return []
    frame, _ = answer(replace(asked, days=days), metrics)
    name = metrics[0]
    return [(*head, row["as_of"], row[name], row[f"{name}_basis"]) for row in records(frame) if row["as_of"] in days]


def _course(series: Sequence[Sequence[tuple[Any, ...]]]) -> pd.DataFrame:
    """Return series as rows; one that is never known is left out, and so are the days before any is."""
    known = [points for points in series if any(value is not None for *_, value, _ in points)]
    first = min((on for points in known for *_, on, value, _ in points if value is not None), default=date.max)
    told = [point for points in known for point in points if point[3] >= first]
    return pd.DataFrame(told, columns=["series", "label", "position", "on", "value", "basis"], dtype=object)


# ---------------------------------------------------------------- school time


def school_asked(asked: Asked) -> Asked | None:
    """Return the question narrowed to the lines that keep to the school year; None where none is left."""
    found = rows(asked, "SELECT action_line FROM action_line WHERE school_time ORDER BY position, action_line")
    chosen = asked.chosen.get("action_line")
    kept = tuple(line for line in found["action_line"] if chosen is None or line in chosen)
    return replace(asked, where=tuple(sorted((asked.chosen | {"action_line": kept}).items()))) if kept else None


def school_lines(asked: Asked, lang: str) -> pd.DataFrame:
    """Return one row per line that keeps to the school year: id, label, time, school, physical, gap, school_gap, basis.

    `time` is calendar time, `gap` physical progress less it, `school_gap` physical progress less school time.
    """
    narrowed = school_asked(asked)
    columns = ["id", "label", "time", "school", "physical", "gap", "school_gap", "basis"]
    if narrowed is None:
        return pd.DataFrame(columns=columns)
    frame, _ = answer(narrowed, (*SCHOOL.values(), "gap"), ("action_line",))
    found = {row["action_line"]: row for row in records(frame)}
    shown = (*list(SCHOOL.values())[:3], "gap", SCHOOL["school_gap"], "gap_basis")
    told = [
        (id, label, *(found[id][name] for name in shown))
        for id, label in names(asked.snapshot, "action_line", lang).items()
        if id in found
    ]
    return pd.DataFrame(told, columns=columns, dtype=object)


def school_days(asked: Asked, project: str) -> tuple[int, int] | None:
    """Return the school days of a project gone by and planned; None where it has no line that keeps to them."""
    found = rows(
        asked,
        "SELECT max(x.school_days) AS gone, max(x.school_days_planned) AS planned FROM mart_clock AS x "
        "WHERE x.as_of = $as_of AND x.project_id = $project",
        project=project,
    ).iloc[0]
    return None if found["planned"] is None else (int(found["gone"]), int(found["planned"]))
