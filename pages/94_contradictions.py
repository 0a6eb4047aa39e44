from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import contradictions, sentences
from impact_analytics.queries.changes import Moved
from impact_analytics.ui import alternatives, downloads, markup, page
from impact_analytics.ui.page import Column, View

Effects = Mapping[str, tuple[Moved, ...] | None]


def draw_contradiction(view: View, row: Mapping[Any, Any], effect: tuple[Moved, ...] | None) -> None:
    """Draw the source's words, what is wrong with them, how they are read, and what another reading would change."""
    source = f"{row['publisher']}: {row['source']}"
    cited = markup.anchor(row["url"], source, outside=True) if row["url"] else markup.escape(source)
    quoted = markup.escape(view.say("quoted", quote=row["quote"]))
    said = "".join(
        f'<p class="plain"><b>{markup.escape(view.say(key))}.</b> {markup.escape(row[key])}</p>'
        for key in ("problem", "treatment")
    )
    st.html(f'<blockquote class="quote">{quoted}<cite class="foot">{cited}</cite></blockquote>{said}')
    for one in page.records(of(contradictions.alternatives(view.asked), row["id"])):
        page.paragraph(changed_said(view, one), quiet=True)
    draw_effect(view, row, effect)


def of(rows: pd.DataFrame, id: str) -> pd.DataFrame:
    return rows[rows["id"] == id]


def changed_said(view: View, one: Mapping[Any, Any]) -> str:
    """Say which cells the other reading would change, and where that is written."""
    key = "left_out" if not one["column"] else "blanked" if one["value"] is None else "changed"
    names = ("table", "chosen_by", "wanted", "column", "value", "file", "line")
    return view.say(key, **{name: one[name] for name in names})


def draw_effect(view: View, row: Mapping[Any, Any], effect: tuple[Moved, ...] | None) -> None:
    if effect is None:
        page.note(view, "no_other")
        return
    if not effect:
        page.note(view, "no_effect", count=contradictions.compared())
        return
    columns = [
        Column("figure", view.say("col_figure"), wide=True),
        *(Column(name, view.say(f"col_{name}"), "right") for name in ("treated", "otherwise", "difference")),
        Column("basis", view.app("basis")),
    ]
    page.table([figure_row(view, moved) for moved in effect], columns, caption=row["quote"])
    page.note(view, "unchanged", count=contradictions.compared() - len(effect))


def figure_row(view: View, moved: Moved) -> dict[str, str]:
    treated, otherwise = (
        sentences.value_said(one.value, moved.unit, view.lang, one.basis) for one in (moved.before, moved.after)
    )
    return {
        "figure": page.metrics()[moved.metric].words(view.lang)["name"],
        "treated": treated,
        "otherwise": otherwise,
        "difference": sentences.difference_said(moved, view.lang) or "–",
        "basis": view.app(f"bases.{moved.basis}") if moved.basis else "",
    }


# ---------------------------------------------------------------- files to take away


def draw_downloads(view: View, register: pd.DataFrame, effects: Effects) -> None:
    downloads.draw(
        view,
        "contradictions",
        lambda: Sheet(view.say("sheet"), rows(view, register, effects), fields(view)),
        lambda: downloads.notes(view, sources=[(row["source"], row["url"]) for row in page.records(register)]),
    )


def fields(view: View) -> list[Field]:
    texts = [Field(name, view.say(f"col_{name}")) for name in ("quote", "problem", "treatment", "source", "figure")]
    amounts = [Field(name, view.say(f"col_{name}"), unit_in="unit") for name in ("treated", "otherwise")]
    return [*texts, *amounts, Field("difference", view.say("col_difference")), Field("basis", view.app("basis"))]


def rows(view: View, register: pd.DataFrame, effects: Effects) -> pd.DataFrame:
    """Return a row for each figure that another reading changes, and one for each that changes none."""
    nothing = {"figure": None, "treated": None, "otherwise": None, "difference": None, "basis": None, "unit": ""}
    found = [
        {**row, **one}
        for row in page.records(register)
        for one in [measured(view, moved) for moved in effects[row["id"]] or ()] or [nothing]
    ]
    return pd.DataFrame(found, dtype=object)


def measured(view: View, moved: Moved) -> dict[str, Any]:
    said = figure_row(view, moved)
    return said | {"treated": moved.before.value, "otherwise": moved.after.value, "unit": moved.unit}


# ---------------------------------------------------------------- the page


def draw(view: View, register: pd.DataFrame) -> None:
    effects = {id: alternatives.moved(view, id) for id in register["id"]}
    page.heading(view.say("register"), page.subtitle(view))
    page.note(view, "lead_note")
    with st.container(horizontal=True):
        draw_downloads(view, register, effects)
    for row in page.records(register):
        draw_contradiction(view, row, effects[row["id"]])


view = page.view(__file__)
found = contradictions.register(view.asked, view.lang)
if found.empty:
    page.paragraph(view.say("none"))
else:
    draw(view, found)
