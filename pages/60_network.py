from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from impact_analytics.charts import frame
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import network, projects, sources
from impact_analytics.ui import downloads, markup, page, territory_map
from impact_analytics.ui.page import Column, View

AT_ONCE = 6  # rows of the table
POINTS = 55  # on the map: beyond these only one kind is shown
PITCH = 44  # px a bar
Row = Mapping[Any, Any]


def records(rows: pd.DataFrame) -> list[Row]:
    return list(page.records(rows))


# ---------------------------------------------------------------- planned and known


def draw_known(view: View) -> None:
    rows = network.networks(view.asked, view.lang)
    if rows.empty:
        page.heading(view.say("known_title"))
        page.paragraph(view.say("no_network"))
        return
    page.chart(
        view,
        "planned_and_known",
        lambda: known_on_planned(view, records(rows)),
        alt=lambda: " ".join(view.say("row_alt", **in_words(view, row)) for row in records(rows)),
        title=view.say("known_title"),
        subtitle=page.subtitle(view, view.say("known_unit")),
        data=lambda: known_table(view, rows),
        sources=sources.cited(view.asked, "network_count", "partner"),
        metrics=("network_planned", "partners_known", "partners_unsettled"),
    )
    st.html("".join(f'<p class="plain">{sentence(view, row)}</p>' for row in records(rows)))


def in_words(view: View, row: Row) -> dict[str, str]:
    counts = {name: page.written(view, row[name], "count") for name in ("planned", "known", "unsettled", "missing")}
    return counts | {"label": row["label"]}


def sentence(view: View, row: Row) -> str:
    key = "no_plan" if row["planned"] is None else "missing" if row["missing"] else "complete"
    said = f"<b>{markup.escape(view.say(key, **in_words(view, row)))}</b>"
    if row["unsettled"]:
        both = page.written(view, row["known"] + row["unsettled"], "count")
        said += f" {markup.escape(view.say('unsettled', count=in_words(view, row)['unsettled'], known=both))}"
    return said


def known_table(view: View, rows: pd.DataFrame) -> page.Data:
    names = ("planned", "known", "unsettled", "missing")
    shown = rows.assign(**{name: [in_words(view, row)[name] for row in records(rows)] for name in names})
    columns = [Column(name, view.say(f"col_{name}"), "right") for name in names]
    return shown, [Column("label", view.say("col_network")), *columns]


def known_on_planned(view: View, every: Sequence[Row]) -> go.Figure:
    """Draw one outlined bar of what was planned a row, and on it what is known and what is named but not settled."""
    look = view.look
    high = float(max(max(row["planned"] or 0, row["known"] + row["unsettled"]) for row in every) or 1)
    entries = [("■", look.accent, "known"), ("▨", look.quiet, "unsettled"), ("□", look.quiet, "planned")]
    drawn = [entry for entry in entries if any(row[entry[2]] for row in every)]
    legend = [(sign, ink, view.say(f"key_{name}")) for sign, ink, name in drawn]
    label, top = frame.key(legend, look, left=frame.NAMES)
    margin = {"l": frame.NAMES, "r": 100, "t": top + 6, "b": 4}
    return frame.figure(
        known_bars(view, every),
        look,
        view.lang,
        height=frame.height_of(len(every), PITCH, margin),
        margin=margin,
        xaxis=frame.bare_axis(0, high, look),
        yaxis=frame.row_axis([row["label"] for row in every], look, PITCH),
        annotations=[label, *(end(view, row, place) for place, row in enumerate(every))],
    )


def known_bars(view: View, every: Sequence[Row]) -> list[frame.Spec]:
    look = view.look
    hatch = {"shape": "/", "fgcolor": look.quiet, "bgcolor": look.surface, "size": 6, "solidity": 0.2}
    outline = {"color": look.quiet, "width": 1}
    said = frame.hover([view.say("row_alt", **in_words(view, row)) for row in every])
    shared = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(every))),
        "width": 0.6,
        "cliponaxis": False,
        **said,
    }
    known = [row["known"] for row in every]
    return [
        shared | {"x": [row["planned"] or 0 for row in every], "marker": {"color": look.page, "line": outline}},
        shared
        | {
            "x": [row["unsettled"] for row in every],
            "base": known,
            "marker": {"color": look.surface, "pattern": hatch, "line": outline},
        },
        shared | {"x": known, "marker": {"color": look.accent}},
    ]


def end(view: View, row: Row, place: int) -> frame.Spec:
    """Return what stands at the right of a bar: known of planned."""
    told = in_words(view, row)
    known = f"<b>{told['known']}</b>"
    label = f"{known} {view.say('of_planned', planned=told['planned'])}" if row["planned"] is not None else known
    return frame.note(label, view.look, x=1, y=place, yref="y", xanchor="left", xshift=10)


# ---------------------------------------------------------------- by territory, kind and role


def draw_territories(view: View) -> None:
    rows = network.by_territory(view.asked, view.lang)
    page.heading(view.say("territory_title"), page.subtitle(view, view.say("territory_unit")), level=3)
    networks = list(dict.fromkeys(rows["network"]))
    told = {(row["id"], row["network"]): of_planned(view, row) for row in records(rows)}
    lines = [
        [
            page.linked(dossier(view, row["id"]), row["label"]),
            *(told[row["id"], id] for id in networks),
            page.written(view, row["named"], "count"),
        ]
        for row in records(rows.drop_duplicates("id"))
    ]
    names = [view.say("col_territory"), *(view.names("network")[id] for id in networks), view.say("col_named")]
    st.html(table(names, lines, view.say("territory_title"), right=1))
    page.note(view, "territory_note")


def dossier(view: View, territory: str) -> str:
    return view.link("territories", territory=[territory], q=None, kind=None, page=None)


def of_planned(view: View, row: Row) -> str:
    told = in_words(view, {**row, "missing": None})
    said = told["known"] if row["planned"] is None else view.say("cell_of", **told)
    return cell(said, view.say("cell_unsettled", count=told["unsettled"]) if row["unsettled"] else "")


def draw_map(view: View) -> None:
    """Draw where the bodies are; nothing where the programme has no shapes."""
    if not territory_map.shapes(view.snapshot):
        return
    every = network.points(view.asked, view.lang)
    points = of_kind(view, every)
    territory_map.draw(
        view,
        "network_map",
        network.places(view.asked, view.lang),
        page.UNITS["count"],
        title=view.say("map_title"),
        points=points,
        on_pick=narrow,
        sources=sources.cited(view.asked, "partner"),
        metrics=("bodies_named",),
    )
    page.note(view, "map_note", placed=page.written(view, len(every), "count"))
    if len(points) < len(every):
        kinds = ", ".join(view.names("kind")[kind] for kind in dict.fromkeys(points["kind"]))
        page.note(view, "map_kind", kinds=kinds or view.app("no_results"))


def of_kind(view: View, points: pd.DataFrame) -> pd.DataFrame:
    """Return the points of the kind chosen; where there are too many, those of the first kind with few enough."""
    found = Counter(points["kind"])
    fitting = [kind for kind in view.names("kind") if 0 < found[kind] <= POINTS]
    first = next(iter(fitting), min(found, key=found.__getitem__, default=""))
    kind = view.chosen("kind") or (first if len(points) > POINTS else "")
    return points[points["kind"] == kind] if kind else points


def narrow(territory: str) -> None:
    st.session_state["territory"] = [] if st.session_state.get("territory") == [territory] else [territory]
    to_first_part()


def draw_kinds(view: View) -> None:
    rows = network.by_kind_and_role(view.asked, view.lang)
    page.heading(view.say("kind_title"), page.subtitle(view, view.say("kind_unit")), level=3)
    counts = {(row["row_id"], row["column_id"]): row["value"] for row in records(rows)}
    roles = {id: name for id, name in view.names("role").items() if id in set(rows["column_id"])}
    lines = [
        [
            page.linked(view.link("network", kind=[id], page=None), name),
            *(page.written(view, counts.get((id, role), 0), "count") for role in roles),
            page.written(view, sum(counts.get((id, role), 0) for role in roles), "count"),
        ]
        for id, name in dict(zip(rows["row_id"], rows["row"], strict=True)).items()
    ]
    names = [view.say("col_kind"), *roles.values(), view.say("col_total")]
    st.html(table(names, lines, view.say("kind_title"), right=1))
    cited = sources.cited(view.asked, "partner")
    page.foot(view, "kinds", title=view.say("kind_title"), sources=cited, metrics=("bodies_named",))


# ---------------------------------------------------------------- the list


def draw_list(view: View) -> None:
    page.heading(view.say("list_title"), page.subtitle(view))
    kinds = network.by_kind_and_role(view.asked, view.lang)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sought = st.text_input(view.say("search"), key="q", help=view.say("search_hint"), on_change=to_first_part)
        kind = page.choose(
            view,
            "kind",
            dict(zip(kinds["row_id"], kinds["row"], strict=True)),
            view.say("col_kind"),
            empty=view.say("every_kind"),
            on_change=to_first_part,
            width=220,
        )
        rows = network.bodies(view.asked, view.lang, sought.strip(), kind)
        first = choose_part(view, len(rows))
        if len(rows):
            draw_downloads(view, rows, [sought.strip(), view.names("kind").get(kind, "")])
    draw_count(view, rows, sought.strip())
    if len(rows):
        draw_rows(view, rows.iloc[first : first + AT_ONCE])
        cited = sources.cited(view.asked, "partner")
        page.foot(view, "bodies", title=view.say("list_title"), sources=cited, metrics=("bodies_named",))


def to_first_part() -> None:
    st.session_state["page"] = "1"


def choose_part(view: View, count: int) -> int:
    """Return the first row to show, chosen where there are more than are shown at once."""
    if count <= AT_ONCE:
        to_first_part()
        return 0
    parts = {
        str(number): view.say("rows_of", first=first + 1, last=min(count, first + AT_ONCE), total=count)
        for number, first in enumerate(range(0, count, AT_ONCE), 1)
    }
    return (int(page.choose(view, "page", parts, view.say("part"), width=140)) - 1) * AT_ONCE


def draw_count(view: View, rows: pd.DataFrame, sought: str) -> None:
    key = "found_none" if rows.empty else "total" if not sought else "found" if len(rows) > 1 else "found_one"
    page.paragraph(view.say(key, count=page.written(view, len(rows), "count"), sought=sought))


def draw_rows(view: View, rows: pd.DataFrame) -> None:
    headings = ["name", "kind", "role", "place", "territory", "counts"]
    one_source = len(set(rows["source"])) == 1
    names = [view.say(f"col_{name}") for name in (headings if one_source else [*headings, "source"])]
    lines = [line(view, row)[: len(names)] for row in records(rows)]
    st.html(table(names, lines, view.say("list_title")))
    page.note(view, "inferred_note")


def line(view: View, row: Row) -> list[str]:
    place = row["municipality"] or view.say("no_place")
    province = f" ({row['province']})" if row["province"] else ""
    return [
        cell(row["name"]),
        cell(row["kind"]),
        cell(row["role"], view.say("quoted", words=row["role_stated"]) if row["role_stated"] else ""),
        cell(place + province, view.say("inferred") if row["location"] == "inferred" else ""),
        page.linked(dossier(view, row["territory"]), row["territory_name"]) + project_below(view, row),
        cell(counted(view, row)),
        markup.anchor(row["url"], row["source"], outside=True) if row["url"] else cell(row["source"]),
    ]


def project_below(view: View, row: Row) -> str:
    """Return the way to the project that a body takes part in, below its territory."""
    return f"<div>{page.linked(view.link('project', project=row['project_id']), view.say('its_project'))}</div>"


def counted(view: View, row: Row) -> str:
    """Say whether a body is among the planned: of a kind that no proposal counted it cannot be."""
    return view.say(f"counts_{row['counts_in_total']}" if row["network"] else "counts_none")


def cell(told: str, below: str = "") -> str:
    return markup.escape(told) + (page.quietly(below) if below else "")


def table(headings: Sequence[str], lines: Sequence[Sequence[str]], caption: str, *, right: int = 99) -> str:
    """Return a table whose cells are HTML already; from the column `right` on they stand at the right."""
    sides = [markup.side("right" if place >= right else "left") for place in range(len(headings))]
    head = "".join(
        f'<th scope="col"{side} style="white-space:normal">{markup.escape(name)}</th>'
        for name, side in zip(headings, sides, strict=True)
    )
    cells = ["".join(f"<td{side}>{cell}</td>" for cell, side in zip(one, sides, strict=True)) for one in lines]
    body = "".join(f"<tr>{one}</tr>" for one in cells)
    said = markup.escape(caption)
    return (
        f'<div class="table-box" tabindex="0" role="region" aria-label="{said}"><table class="figures">'
        f"<caption>{said}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


# ---------------------------------------------------------------- files to take away


def draw_downloads(view: View, rows: pd.DataFrame, sought: Sequence[str]) -> None:
    downloads.draw(
        view,
        "bodies",
        lambda: Sheet(view.say("sheet"), coded(view, rows), fields(view)),
        lambda: notes(view, rows, " · ".join(word for word in sought if word)),
    )


def coded(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows as the files hold them: codes in words."""
    locations = {"": "", "stated": view.say("stated"), "inferred": view.say("inferred")}
    return rows.assign(
        counts_in_total=[counted(view, row) for row in records(rows)],
        location=[locations[location] for location in rows["location"]],
        basis=[view.app(f"bases.{basis}") for basis in rows["basis"]],
    )


def fields(view: View) -> list[Field]:
    named = (
        ("name", "name"),
        ("kind", "kind"),
        ("role", "role"),
        ("role_stated", "role_stated"),
        ("municipality", "place"),
        ("province", "province"),
        ("location", "location"),
        ("territory_name", "territory"),
        ("counts_in_total", "counts"),
        ("note", "note"),
        ("source", "source"),
        ("url", "url"),
    )
    return [*(Field(name, view.say(f"col_{word}")) for name, word in named), Field("basis", view.app("basis"))]


def notes(view: View, rows: pd.DataFrame, sought: str) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the list: what it is, how it is narrowed, on what ground."""
    more = [*([(view.say("note_search"), sought)] if sought else []), (view.say("note_rows"), str(len(rows)))]
    cited = sources.cited(view.asked, "partner", "network_count")
    return downloads.notes(view, *more, asked=projects.whole_lines(view.asked), sources=cited)


# ---------------------------------------------------------------- the page


view = page.view(__file__)
if network.bodies(view.asked, view.lang).empty:
    draw_known(view)
    page.unknown(view, view.say("none"))
else:
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_known(view)
    with right:
        draw_kinds(view)
    left, right = st.columns(2, gap="large")
    with left:
        draw_territories(view)
    with right:
        draw_map(view)
    draw_list(view)
if "action_line" in view.asked.chosen:
    page.note(view, "not_by_line")
