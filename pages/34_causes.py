from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from impact_analytics.charts import distribution, grid
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import Asked, causes, of_project, overview, sheets, sources, values
from impact_analytics.ui import downloads, page, told, trail
from impact_analytics.ui.page import Column, View

CARDS = ("causes_newest", "projects_with_causes", "causes", "causes_uncoded", "causes_uncoded_rate")
PLACES_SHOWN, LASTING_SHOWN, UNCODED_SHOWN, SENTENCES_SHOWN = 6, 6, 3, 4
SCOPES = ("all", "newest")
CAUSES = ("sheet_cause",)
ACROSS = {"origin": "nature", "nature": "origin", "origin_id": "nature_id", "nature_id": "origin_id"}
TURNED = {"row": "column", "column": "row", "row_id": "column_id", "column_id": "row_id"}
COUNT = page.UNITS["count"]


# ---------------------------------------------------------------- choices


@dataclass(frozen=True)
class Kept:
    """What the page's own choices keep: the question, the codes of the causes, and whether newest sheets alone."""

    asked: Asked
    project: str
    origin: str
    nature: str
    newest: bool
    named: str  # what the project is called

    @property
    def codes(self) -> dict[str, str]:
        """Return the origin and the nature chosen."""
        return {"origin": self.origin, "nature": self.nature}

    @property
    def scope(self) -> str:
        """Return which sheets are considered."""
        return SCOPES[self.newest]

    @property
    def metric(self) -> str:
        """Return the metric that counts the causes of those sheets, whatever their codes."""
        return "causes_newest" if self.newest else "causes"


def draw_choices(view: View) -> Kept:
    """Draw what narrows the page, and return what it keeps."""
    projects = sheets.projects(view.asked, view.lang)
    scopes = {id: view.say(f"scopes.{id}") for id in SCOPES}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        project = page.choose(view, "project", projects, view.say("project"), empty=view.say("project_all"), width=280)
        scope = page.choose(view, "scope", scopes, view.say("scope"), width=280)
        origin, nature = (
            page.choose(view, which, codes(view, which), view.say(which), empty=view.say(f"{which}_all"), width=200)
            for which in ("origin", "nature")
        )
    asked = of_project(view.asked, project) if project else view.asked
    return Kept(asked, project, origin, nature, scope == "newest", projects.get(project, ""))


def codes(view: View, which: str) -> dict[str, str]:
    """Return the origins or natures to choose from, and what stands for none."""
    return causes.codes(view.asked, which, view.lang) | {causes.NONE: view.say("not_coded")}


def narrow_to_cause(picked: list[str]) -> None:
    """Narrow the page to the nature and origin of the cell clicked; the same cell again widens it."""
    nature, origin = page.cells_picked("causes")[0] if picked else ("", "")
    same = (st.session_state.get("origin"), st.session_state.get("nature")) == (origin, nature)
    st.session_state["origin"], st.session_state["nature"] = ("", "") if same else (origin, nature)


def narrow_to_line(picked: list[str]) -> None:
    """Narrow the page to the line of the cell clicked, or widen it again."""
    if picked:
        page.narrowing("action_line")([page.cells_picked("by_line")[0][1]])


# ---------------------------------------------------------------- words


def coded(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return causes with words where nothing is coded, or no line is given."""
    none = {"origin": view.say("not_coded"), "nature": view.say("not_coded"), "line": view.say("no_line")}
    words = {name: [said or none[name] for said in rows[name]] for name in none if name in rows}
    return rows.assign(**words)


def unbroken(rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Keep short names on one line beside long sentences."""
    return rows.assign(**{name: [str(said).replace(" ", "\u00a0") for said in rows[name]] for name in names})


def linked(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the address of the sheet that each is from."""
    pairs = zip(rows["project_id"], rows["period_id"], strict=True)
    return rows.assign(url=[view.link("sheets", project=project, period=period) for project, period in pairs])


def counts(view: View, rows: pd.DataFrame, *names: str) -> pd.DataFrame:
    return rows.assign(**{name: [page.written(view, number, "count") for number in rows[name]] for name in names})


def basis_of(rows: pd.DataFrame) -> str:
    return next((str(basis) for basis in rows["basis"] if basis), "")


def scope_said(view: View, kept: Kept) -> str:
    """Return in words what the page is narrowed to by its own choices."""
    named = [f"{view.say(which)}: {codes(view, which)[code]}" for which, code in kept.codes.items() if code]
    return " · ".join([view.say(f"scopes.{kept.scope}"), *named])


# ---------------------------------------------------------------- states, and causes by origin and nature


def draw_states(view: View, kept: Kept) -> None:
    rows = causes.states(kept.asked, view.lang)
    if rows.empty:
        page.heading(view.say("states_title"), page.subtitle(view, of=kept.named), level=3)
        page.paragraph(view.say("states_none"))
        return
    page.chart(
        view,
        "states",
        lambda: distribution.states(rows, view.look, view.lang),
        alt=lambda: distribution.states_alt(rows, view.lang),
        title=view.say("states_title"),
        subtitle=page.subtitle(view, view.say("states_unit"), of=kept.named),
        data=lambda: states_data(view, rows),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        rows=("sheet_procedural",),
        on_click=page.narrowing("action_line"),
    )


def states_data(view: View, rows: pd.DataFrame) -> page.Data:
    shown = counts(view, rows, "value").assign(state=[view.app(f"state.{state}") for state in rows["state"]])
    columns = [Column("label", view.say("col_line")), Column("state", view.say("col_state"))]
    return shown, [*columns, Column("value", view.say("col_count"), "right")]


def draw_grid(view: View, kept: Kept) -> None:
    rows = causes.grid(kept.asked, view.lang, newest=kept.newest)
    if rows.empty:
        page.heading(view.say("grid_title"), page.subtitle(view, view.say("grid_unit"), of=kept.named), level=3)
        page.paragraph(view.say("causes_none"))
        return
    down = rows.rename(columns=ACROSS)
    page.chart(
        view,
        "causes",
        lambda: grid.causes(down, view.look, view.lang),
        alt=lambda: grid.causes_alt(down, view.lang),
        title=view.say("grid_title"),
        subtitle=page.subtitle(view, view.say("grid_unit"), view.say(f"scopes.{kept.scope}"), of=kept.named),
        data=lambda: grid_data(view, rows),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(rows),
        metrics=(kept.metric,),
        rows=CAUSES,
        asked=kept.asked,
        on_click=narrow_to_cause,
    )
    page.note(view, "grid_note")


def grid_data(view: View, rows: pd.DataFrame) -> page.Data:
    shown = counts(view, coded(view, rows[rows["value"] > 0]), "value")
    columns = [Column(name, view.say(f"col_{name}")) for name in ("origin", "nature")]
    return shown, [*columns, Column("value", view.say("col_count"), "right")]


# ---------------------------------------------------------------- which territory and line reports what


def draw_split(view: View, kept: Kept, by: str) -> None:
    rows = causes.split(kept.asked, by, view.lang, **kept.codes, newest=kept.newest)
    title = view.say(f"{by}_title")
    if rows.empty:
        page.heading(title, page.subtitle(view, scope_said(view, kept), of=kept.named), level=3)
        page.paragraph(view.say("causes_none"))
        return
    every = in_words(view, rows)
    first = list(dict.fromkeys(every["row_id"]))[:PLACES_SHOWN]
    shown = every[every["row_id"].isin(first)]
    shown = shown if by == "territory" else turned(shown)
    page.chart(
        view,
        f"by_{by}",
        lambda: grid.heat(shown, view.look, view.lang, unit=COUNT),
        alt=lambda: grid.heat_alt(shown, view.lang, unit=COUNT),
        title=title,
        subtitle=page.subtitle(view, view.say("split_unit"), scope_said(view, kept), of=kept.named),
        data=lambda: split_data(view, every, by),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(every),
        metrics=() if any(kept.codes.values()) else (kept.metric,),
        rows=CAUSES,
        asked=kept.asked,
        on_click=page.narrowing("territory") if by == "territory" else narrow_to_line,
    )
    if len(first) < every["row_id"].nunique():
        page.note(view, "places_more", shown=len(first), total=every["row_id"].nunique())


def turned(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a grid with its rows across."""
    return rows.rename(columns=TURNED).sort_values("row_id", key=lambda ids: ids.map(places_of(rows["column_id"])))


def places_of(ids: Iterable[str]) -> dict[str, int]:
    """Return the place of each id in the order in which they first come."""
    return {id: place for place, id in enumerate(dict.fromkeys(ids))}


def in_words(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the cells of a grid with words for what has no line, or no code."""
    return rows.assign(
        row=[said or view.say("no_line") for said in rows["row"]],
        column=[said or view.say("not_coded") for said in rows["column"]],
    )


def split_data(view: View, rows: pd.DataFrame, by: str) -> page.Data:
    names = dict(zip(rows["row_id"], rows["row"], strict=True))
    heads = dict(zip(rows["column_id"], rows["column"], strict=True))
    cells = dict(zip(zip(rows["row_id"], rows["column_id"], strict=True), rows["value"], strict=True))
    told = {"row": list(names.values())}
    told |= {head: [page.written(view, cells[id, head], "count") for id in names] for head in heads}
    totals = [sum(cells[id, head] for head in heads) for id in names]
    shown = pd.DataFrame(told | {"total": [page.written(view, total, "count") for total in totals]}, dtype=object)
    columns = [Column(id, words, "right") for id, words in heads.items()]
    name = view.say("col_territory" if by == "territory" else "col_line")
    return shown, [Column("row", name), *columns, Column("total", view.say("col_total"), "right")]


# ---------------------------------------------------------------- how long they last


def draw_lasting(view: View, kept: Kept) -> None:
    every = causes.lasting(kept.asked, view.lang, **kept.codes)
    now = every[every["standing"].astype(bool)]
    page.heading(view.say("lasting_title"), page.subtitle(view, view.say("lasting_unit"), of=kept.named), level=3)
    if now.empty:
        page.paragraph(view.say("lasting_none"))
    else:
        lasting_table(view, now.head(LASTING_SHOWN), view.say("lasting_title"))
        note_more(view, len(now), LASTING_SHOWN)
    ended = every[~every["standing"].astype(bool)]
    if len(ended):
        page.note(view, "ended_said", count=len(ended))
    page.note(view, "lasting_note")
    page.foot(
        view,
        "lasting",
        title=view.say("lasting_title"),
        data=(lambda: lasting_data(view, every)) if len(every) else None,
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(every),
        rows=CAUSES,
    )


def note_more(view: View, total: int, shown: int) -> None:
    if total > shown:
        page.note(view, "rows_more", shown=shown, total=total)


def lasting_table(view: View, rows: pd.DataFrame, caption: str) -> None:
    shown, columns = lasting_data(view, rows)
    page.table(unbroken(shown, "place", "line", "origin", "nature", "since", "until"), columns, caption=caption)


def lasting_data(view: View, rows: pd.DataFrame) -> page.Data:
    shown = linked(view, counts(view, coded(view, rows), "periods"))
    columns = [
        Column("place", view.say("col_territory"), link="url"),
        *(Column(name, view.say(f"col_{name}")) for name in ("line", "origin", "nature")),
        Column("periods", view.say("col_periods"), "right"),
        *(Column(name, view.say(f"col_{name}")) for name in ("since", "until")),
        Column("sentence", view.say("col_sentence_newest"), wide=True),
    ]
    return shown, columns


# ---------------------------------------------------------------- what is not coded


def draw_uncoded(view: View, kept: Kept) -> None:
    every = causes.uncoded(kept.asked, view.lang, newest=kept.newest)
    page.heading(
        view.say("uncoded_title"),
        page.subtitle(view, view.say("uncoded_unit"), view.say(f"scopes.{kept.scope}"), of=kept.named),
        level=3,
    )
    if every.empty:
        page.paragraph(view.say("uncoded_none"))
        return
    shown, columns = uncoded_data(view, every)
    page.table(unbroken(shown.head(UNCODED_SHOWN), "newest"), columns, caption=view.say("uncoded_title"))
    note_more(view, len(every), UNCODED_SHOWN)
    page.note(view, "uncoded_note")
    page.foot(
        view,
        "uncoded",
        title=view.say("uncoded_title"),
        data=lambda: (shown, columns),
        sources=sources.cited(view.asked, "sheet"),
        basis=basis_of(every),
        metrics=() if kept.newest else ("causes_uncoded",),
        rows=CAUSES,
        asked=kept.asked,
    )


def uncoded_data(view: View, rows: pd.DataFrame) -> page.Data:
    newest = [f"{place}, {period}" for place, period in zip(rows["place"], rows["period"], strict=True)]
    shown = linked(view, counts(view, rows, "causes", "projects")).assign(
        lacks=[view.say(f"lacks.{lacks}") for lacks in rows["lacks"]], newest=newest
    )
    columns = [
        Column("sentence", view.say("col_sentence"), wide=True),
        Column("lacks", view.say("col_lacks")),
        Column("causes", view.say("col_causes"), "right"),
        Column("projects", view.say("col_projects"), "right"),
        Column("newest", view.say("col_newest"), link="url"),
    ]
    return shown, columns


# ---------------------------------------------------------------- every sentence


def draw_sentences(view: View, kept: Kept) -> None:
    every = causes.sentences(kept.asked, view.lang, **kept.codes, newest=kept.newest)
    page.heading(view.say("sentences_title"), page.subtitle(view, scope_said(view, kept), of=kept.named), level=3)
    if every.empty:
        page.paragraph(view.say("causes_none"))
        return
    shown = unbroken(coded(view, linked(view, every.head(SENTENCES_SHOWN))), "place", "line", "origin", "nature")
    columns = [
        Column("period", view.say("col_period")),
        Column("place", view.say("col_territory"), link="url"),
        *(Column(name, view.say(f"col_{name}")) for name in ("line", "origin", "nature")),
        Column("sentence", view.say("col_sentence"), wide=True),
    ]
    page.table(unbroken(shown, "period"), columns, caption=view.say("sentences_title"))
    page.note(view, "sentences_shown", shown=len(shown), total=len(every))
    with st.container(horizontal=True):
        downloads.draw(
            view,
            "every_cause",
            lambda: Sheet(view.say("sheet"), coded(view, every), fields(view)),
            lambda: notes(view, kept),
        )
    cited = sources.cited(view.asked, "sheet")
    page.foot(view, "sentences", title=view.say("sentences_title"), sources=cited, basis=basis_of(every), rows=CAUSES)


def fields(view: View) -> list[Field]:
    shared = ("period", "territory", "line", "origin", "nature", "sentence")
    names = ("period", "place", *shared[2:])
    return [
        *(Field(name, view.say(f"col_{heading}")) for name, heading in zip(names, shared, strict=True)),
        Field("project_id", view.say("project")),
        Field("sheet_id", view.say("col_sheet")),
        Field("position", view.say("col_position"), "count"),
    ]


def notes(view: View, kept: Kept) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the causes: of when, how narrowed, on what ground."""
    return downloads.notes(view, chosen=[scope_said(view, kept)], sources=sources.cited(view.asked, "sheet"))


# ---------------------------------------------------------------- the page


def draw_cards(view: View, kept: Kept) -> None:
    page.cards([page.card_of(view, found) for found in values(kept.asked, CARDS).values()])
    if kept.newest or any(kept.codes.values()):
        page.note(view, "cards_note")


def draw_reported(view: View) -> None:
    kept = draw_choices(view)
    if kept.project:
        trail.draw(view, kept.project, (view.say("title"), ""))
    draw_cards(view, kept)
    left, right = st.columns([5, 7], gap="large")
    with left:
        draw_states(view, kept)
    with right:
        draw_grid(view, kept)
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_split(view, kept, "territory")
    with right:
        draw_split(view, kept, "line")
    draw_lasting(view, kept)
    draw_uncoded(view, kept)
    draw_sentences(view, kept)


def draw_told(view: View) -> None:
    """Draw what is known where no sheet is: what sources say, and what none of them says."""
    told.draw_statements(view)
    told.draw_gaps(view, "progress")


def reported(view: View) -> bool:
    """Say whether any sheet known by then names a cause or a state, whatever the page is narrowed to."""
    whole = Asked(view.snapshot, view.as_of)
    return any(len(found(whole, view.lang)) for found in (causes.grid, causes.states))


view = page.view(__file__)
if not overview.monitored(view.snapshot):
    page.unknown(view, view.say("no_monitoring"))
    draw_told(view)
elif not reported(view):
    page.paragraph(view.say("no_sheets"))
    draw_told(view)
else:
    draw_reported(view)
