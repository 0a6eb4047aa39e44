import pandas as pd
import streamlit as st

from impact_analytics.charts import ranking, trend
from impact_analytics.queries import funding, sources
from impact_analytics.ui import page
from impact_analytics.ui.page import Column, View

EUR = page.UNITS["eur"]


def address(view: View, rows: pd.DataFrame) -> list[str]:
    """Return the page of each row's project."""
    return [view.link("project", project=id) for id in rows["project"]]


def draw_equation(view: View) -> None:
    known = funding.equation(view.asked)
    page.heading(view.say("equation_title"))
    if known.total_eur is None:
        page.unknown(view, view.say("no_total"))
        return
    stated = "equation_published" if view.programme.basis == "published" else "equation_known"
    terms = [
        ("", known.total_eur, view.say("equation_total")),
        ("", known.known_eur, view.say(stated, count=known.known)),
        (
            "estimate",
            known.rest_eur,
            view.say("equation_rest" if known.estimated else "equation_rest_bare", count=known.estimated),
        ),
    ]
    page.equation(view, terms)
    page.foot(
        view,
        "equation",
        title=view.say("equation_title"),
        sources=sources.cited(view.asked, "endowment", "funding"),
        metrics=("endowment_total", "funding", "funding_not_broken_down"),
    )


def draw_territories(view: View) -> None:
    rows = funding.by_territory(view.asked, view.lang)
    rows = rows.assign(note=[view.say("withdrawn") if state == "withdrawn" else "" for state in rows["state"]])

    def data() -> page.Data:
        shown = rows.assign(
            address=address(view, rows),
            value=[
                page.written(view, value, "eur", basis=basis)
                for value, basis in zip(rows["value"], rows["basis"], strict=True)
            ],
            basis=[view.app(f"bases.{basis}") if basis else "" for basis in rows["basis"]],
        )
        return shown, [
            Column("label", view.say("col_territory"), link="address"),
            Column("value", view.say("col_amount"), "right"),
            Column("basis", view.say("col_basis")),
            Column("note", view.say("col_state")),
        ]

    page.chart(
        view,
        "funding_by_territory",
        lambda: ranking.bars(rows, view.look, view.lang, unit=EUR),
        alt=lambda: ranking.bars_alt(rows, view.lang, unit=EUR),
        title=view.say("territory_title"),
        subtitle=page.subtitle(view, view.say("territory_unit")),
        data=data,
        sources=sources.cited(view.asked, "funding"),
        metrics=("funding", "funding_estimated") if (rows["basis"] == "estimate").any() else ("funding",),
    )
    if (rows["basis"] == "estimate").any():
        page.note(view, "territory_note")


def draw_history(view: View) -> None:
    rows = funding.endowment_history(view.asked, view.lang)

    def data() -> page.Data:
        shown = rows.assign(
            on=[page.written(view, day, "date") for day in rows["on"]],
            value=[page.written(view, value, "eur") for value in rows["value"]],
        )
        return shown, [
            Column("on", view.say("col_day")),
            Column("label", view.say("col_act")),
            Column("value", view.say("col_amount"), "right"),
            Column("note", view.say("col_note"), wide=True),
            Column("source", view.say("col_source"), link="url"),
        ]

    page.chart(
        view,
        "endowment_history",
        lambda: trend.columns(rows, view.look, view.lang, unit=EUR),
        alt=lambda: trend.columns_alt(rows, view.lang, unit=EUR),
        title=view.say("history_title"),
        subtitle=page.subtitle(view, view.say("history_unit")),
        depends=view.as_of,
        data=data,
        sources=sources.cited(view.asked, "endowment"),
        metrics=("endowment",),
        rows=("endowment", "act"),
    )


def draw_rule(view: View) -> None:
    rule = funding.rule(view.asked, view.lang)
    page.heading(view.say("rule_title"))
    if not rule:
        page.paragraph(view.say("rule_none"))
        return
    formula = view.say(
        "rule_formula",
        fixed=page.written(view, rule["fixed_eur"], "eur"),
        rate=page.written(view, rule["rate_eur"], "rate_eur"),
        need=view.say(f"need_{rule['need']}"),
        day=page.written(view, rule["reference_on"], "date"),
    )
    page.paragraph(formula)
    page.paragraph(f"{view.say('rule_stated')}: {rule['published']}", quiet=True)
    page.paragraph(f"{view.say('rule_assumed')}: {rule['assumed']}", quiet=True)
    draw_fit(view)


def draw_fit(view: View) -> None:
    rows = funding.predictions(view.asked, view.lang)
    if rows.empty:
        return
    shown = rows.assign(
        address=address(view, rows),
        known_eur=[page.written(view, value, "eur") for value in rows["known_eur"]],
        predicted_eur=[page.written(view, value, "eur", basis="estimate") for value in rows["predicted_eur"]],
        error=[page.relative(view, value) for value in rows["error"]],
    )
    columns = [
        Column("label", view.say("col_territory"), link="address"),
        Column("known_eur", view.say("col_known"), "right"),
        Column("predicted_eur", view.say("col_predicted"), "right"),
        Column("error", view.say("col_error"), "right"),
    ]
    page.paragraph(view.say("rule_fit"))
    page.table(shown, columns, caption=view.say("rule_fit"))
    page.foot(
        view,
        "fit",
        title=view.say("rule_fit"),
        sources=sources.cited(view.asked, "allocation_rule", "population"),
        basis="estimate",
        rows=("allocation_rule", "population", "funding"),
    )


def draw_shares(view: View) -> None:
    rows = funding.shares(view.asked, view.lang)
    page.heading(view.say("shares_title"), level=3)
    if rows.empty:
        page.paragraph(view.say("shares_none"), quiet=True)
        return
    amounts = ("amount_eur", "eu_eur", "state_eur", "own_eur")
    shown = rows.assign(
        address=address(view, rows),
        **{name: [page.written(view, value, "eur") for value in rows[name]] for name in amounts},
    )
    headings = ("col_amount", "col_eu", "col_national", "col_own")
    columns = [Column("label", view.say("col_territory"), link="address")]
    columns += [Column(name, view.say(heading), "right") for name, heading in zip(amounts, headings, strict=True)]
    page.table(shown, columns, caption=view.say("shares_title"))


view = page.view(__file__)
draw_equation(view)
left, right = st.columns([7, 5], gap="large")
with left:
    draw_territories(view)
with right:
    draw_history(view)
    draw_rule(view)
draw_shares(view)
