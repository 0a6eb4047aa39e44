from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus

import pandas as pd
import streamlit as st

from impact_analytics.charts import ranking
from impact_analytics.exports import Field, Sheet
from impact_analytics.queries import Value, payments, sources
from impact_analytics.queries.payments import Rung, Waiting
from impact_analytics.ui import downloads, markup, page, trail
from impact_analytics.ui.page import Card, Column, View

SHOWN = 7
NEWEST = 4
COUNT, DAYS = page.UNITS["count"], page.UNITS["days"]
LEDGERS = ("payment_request", "payment", "recovery")
Row = Mapping[str, Any]
Table = tuple[list[Row], list[Column]]


# ---------------------------------------------------------------- words


def money(view: View, amount: Any, absent: str = "") -> str:
    return absent if amount is None and absent else page.written(view, amount, "eur")


def money_short(view: View, amount: Any) -> str:
    if not amount:
        return ""
    return page.written_short(view, Value("declared", amount, view.programme.basis))[0]


def day(view: View, when: Any) -> str:
    return page.written(view, when, "date")


def days(view: View, count: Any) -> str:
    return page.written(view, count, "days")


def turn(view: View, holder: str | None) -> str:
    """Return whose turn it is as the programme calls them."""
    if not holder:
        return view.app("not_known")
    if holder == "suspended":
        return view.say("turn_suspended")
    named = view.programme.role(holder, view.lang)
    return view.app(f"holder.{holder}") if named == holder else named


def step(view: View, id: str | None) -> str:
    return view.say(f"step.{id}") if id else view.app("not_known")


def request_said(view: View, row: Row) -> str:
    return view.say("request_said", place=row["label"], number=row["number"])


def to_request(view: View, id: str | None) -> str:
    return view.link("payments", request=id) if id else ""


def addresses(view: View, choice: str, ids: Iterable[str | None]) -> list[str]:
    """Return where ids lead to, of requests or of projects; their address is made once, since many rows share it."""
    slug = {"request": "payments", "project": "project"}[choice]
    ahead = view.link(slug, **{choice: "x"}).removesuffix("x")
    return [ahead + quote_plus(id) if id else "" for id in ids]


def linked(view: View, rows: Sequence[Row], lines: Iterable[Row], *choices: str) -> list[Row]:
    """Return lines of a table with the addresses `to_<choice>` of their rows."""
    found = {f"to_{choice}": addresses(view, choice, [row[f"{choice}_id"] for row in rows]) for choice in choices}
    return [{**line, **{name: led[place] for name, led in found.items()}} for place, line in enumerate(lines)]


def framed(rows: Sequence[Row], columns: Sequence[Column]) -> page.Data:
    return pd.DataFrame(list(rows), dtype=object), columns


def about(view: View, unit: str) -> str:
    """Return the quiet line under what is not split by line: it does not say that it is."""
    return page.subtitle(of_every_line(view), view.say(unit))


def of_every_line(view: View) -> View:
    return replace(view, filters=view.filters.having("action_line", []))


def share_sentence(view: View, shares: Mapping[str, Any]) -> str:
    """Return the shares of an amount; nothing where it has none."""
    if not shares:
        return ""
    if all(amount is None for amount in shares.values()):
        return view.say("shares_unknown")
    return " · ".join(f"{view.say(share)} {money(view, amount)}" for share, amount in shares.items())


def anchored(id: str, title: str, subtitle: str = "") -> None:
    """Draw a heading that links of this page lead to; ids that every document has (`open`) would be taken out."""
    st.html(f'<span class="anchor" id="{id}"></span>')
    page.heading(title, subtitle)


# ---------------------------------------------------------------- above


def draw_tools(view: View, rows: Sequence[Row], chosen: str) -> None:
    known = {row["request_id"]: request_said(view, row) for row in rows}
    if chosen and chosen not in known:
        known[chosen] = chosen
    with st.container(horizontal=True, vertical_alignment="bottom"):
        page.choose(view, "request", known, view.say("choose"), empty=view.say("all_requests"), width=300)
        if rows and not chosen:
            draw_downloads(view, rows)


def draw_cards(view: View, rows: Sequence[Row], uncovered: Sequence[Row], recovered: Sequence[Row]) -> None:
    first = [uncovered_card(view, uncovered), *open_cards(view, rows), recovery_card(view, recovered)]
    if "action_line" in view.asked.chosen:
        first = [replace(card, link="") for card in first]
    second = [page.card(view, name) for name in ("declared", "eligible", "admission_rate")]
    page.cards([*first, *second, page.card(view, "paid")])


def uncovered_card(view: View, rows: Sequence[Row]) -> Card:
    top = next((row for row in rows if row["uncovered_eur"] > 0), None)
    if top is None:
        return page.card(view, "uncovered_advance")
    note = view.say("card_uncovered", place=top["label"], amount=money(view, top["uncovered_eur"]))
    return page.card(view, "uncovered_advance", note=note, link="#advance")


def open_cards(view: View, rows: Sequence[Row]) -> list[Card]:
    waiting = [row for row in rows if row["open"] and row["holder"]]
    if not waiting:
        return [page.card(view, "requests_open"), page.card(view, "oldest_request")]
    held = [row["holder"] for row in waiting]
    counts = " · ".join(f"{hand(view, id)} {held.count(id)}" for id in payments.HANDS if id in held)
    top = waiting[0]
    note = view.say("card_oldest", request=request_said(view, top), turn=turn(view, top["holder"]))
    return [
        page.card(view, "requests_open", note=counts, link="#waiting"),
        page.card(view, "oldest_request", note=note, link=to_request(view, top["request_id"])),
    ]


def recovery_card(view: View, recovered: Sequence[Row]) -> Card:
    due = [row for row in recovered if row["open_eur"] > 0]
    if not due:
        return page.card(view, "recovery_open")
    note = view.say("card_recovery", place=due[0]["label"], days=days(view, due[0]["days"]))
    return page.card(view, "recovery_open", note=note, link="#recoveries")


# ---------------------------------------------------------------- the two ladders


def draw_ladders(view: View) -> None:
    ladders = {name: payments.ladder(view.asked, getattr(payments, name.upper())) for name in ("expenditure", "cash")}
    amounts = [rung.value.value for rungs in ladders.values() for rung in rungs]
    top = max((amount for amount in amounts if amount is not None), default=0)
    columns = st.columns(2, gap="large")
    for column, (name, rungs) in zip(columns, ladders.items(), strict=True):
        with column:
            draw_ladder(view, name, rungs, top)
    note_ladders(view)


def draw_ladder(view: View, name: str, rungs: Sequence[Rung], top: Any) -> None:
    title = view.say(f"{name}_title")
    page.heading(title, page.subtitle(view, view.say("ladder_unit")))
    st.html(ladder([rung_cells(view, rung, top) for rung in rungs], title))
    tables = ("funding", *LEDGERS[:1]) if name == "expenditure" else LEDGERS[1:]
    cited = sources.cited(view.asked, *tables)
    page.foot(
        view,
        f"ladder_{name}",
        title=title,
        data=lambda: ladder_data(view, rungs),
        sources=cited,
        metrics=[rung.value.metric for rung in rungs],
    )


Step = tuple[str, str, str, float]


def rung_cells(view: View, rung: Rung, top: Any) -> Step:
    """Return of a rung its name, amount, shares, and how long its bar is (1 is the longest of both ladders)."""
    said = page.metrics()[rung.value.metric].words(view.lang)["name"]
    shown, why = page.written_short(view, rung.value)
    amount = rung.value.value
    if amount is None:
        return said, why or shown, "", 0
    long = max(0.0, float(amount) / float(top)) if top else 0
    shares = view.say("eu_only") if rung.value.metric == "in_accounts" else share_sentence(view, rung.shares)
    return said, money(view, amount), shares, long


def ladder(rungs: Sequence[Step], title: str) -> str:
    """Return rungs as a table, a bar below each."""
    lines = "".join(
        f'<tr><th scope="row">{markup.escape(name)}</th><td class="right">{markup.escape(amount)}</td></tr>'
        f'<tr><td colspan="2">{bar(long)}<span class="quiet">{markup.escape(shares)}</span></td></tr>'
        for name, amount, shares, long in rungs
    )
    return f'<table class="ladder"><caption>{markup.escape(title)}</caption><tbody>{lines}</tbody></table>'


def bar(long: float) -> str:
    return f'<i class="bar" style="width:{long * 100:.1f}%"></i>' if long else ""


def ladder_data(view: View, rungs: Sequence[Rung]) -> page.Data:
    said = {rung.value.metric: page.metrics()[rung.value.metric].words(view.lang) for rung in rungs}
    lines = [
        {
            "rung": said[rung.value.metric]["name"],
            "amount": rung_cells(view, rung, 0)[1],
            **{share: share_cell(view, rung, share) for share in payments.SHARES},
            "definition": said[rung.value.metric]["definition"],
        }
        for rung in rungs
    ]
    columns = [Column("rung", view.say("col_rung")), Column("amount", view.say("col_amount"), "right")]
    columns += [Column(share, view.say(share), "right") for share in payments.SHARES]
    return pd.DataFrame(lines, dtype=object), [*columns, Column("definition", view.app("definition"), wide=True)]


def share_cell(view: View, rung: Rung, share: str) -> str:
    return money(view, rung.shares[share]) if share in rung.shares else "–"


def note_ladders(view: View) -> None:
    known, active = payments.funding_known(view.asked)
    page.note(view, "ladder_note")
    if known < active:
        page.note(view, "funding_partly", known=known, active=active)


# ---------------------------------------------------------------- advance not covered


def draw_uncovered(view: View, rows: Sequence[Row]) -> None:
    anchored("advance", view.say("uncovered_title"), about(view, "ladder_unit"))
    if not rows:
        page.paragraph(view.say("uncovered_no_payment"))
        return
    due = [row for row in rows if row["uncovered_eur"] > 0]
    if due:
        key = "one" if len(due) == 1 else "many"
        total = money(view, sum(row["uncovered_eur"] for row in due))
        page.paragraph(view.say(f"uncovered_count.{key}", count=len(due), total=len(rows), amount=total))
        page.table(*uncovered_table(view, due[:SHOWN]), caption=view.say("uncovered_title"))
    else:
        page.paragraph(view.say("uncovered_none", count=len(rows)))
    page.note(view, "uncovered_note")
    title, cited = view.say("uncovered_title"), sources.cited(view.asked, *LEDGERS)
    page.foot(
        view,
        "uncovered",
        title=title,
        data=lambda: framed(*uncovered_table(view, rows)),
        sources=cited,
        metrics=("uncovered_advance", "paid", "recovered", "eligible"),
        asked=of_every_line(view).asked,
    )


def uncovered_table(view: View, rows: Sequence[Row]) -> Table:
    amounts = ("paid_eur", "recovered_eur", "eligible_eur", "uncovered_eur")
    nothing = view.say("nothing_known")
    lines = [
        {
            "label": row["label"],
            "project": row["project"],
            **{name: money(view, row[name], nothing) for name in amounts},
            "requests": of_requests(view, row),
            "to_requests": view.link("payments", territory=[row["territory"]]) if row["requests"] else "",
        }
        for row in rows
    ]
    columns = [Column("label", view.say("col_place"), link="to_project"), Column("project", view.say("col_project"))]
    columns += [Column(name, view.say(f"col_{name}"), "right") for name in amounts]
    columns.append(Column("requests", view.say("col_requests"), "right", link="to_requests"))
    return linked(view, rows, lines, "project"), columns


def of_requests(view: View, row: Row) -> str:
    if not payments.requested(view.snapshot):
        return view.say("nothing_known")
    return view.say("of_requests", count=row["requests"], open=row["open"])


# ---------------------------------------------------------------- open requests


def draw_open(view: View, rows: Sequence[Row]) -> None:
    anchored("waiting", view.say("worst_title"), about(view, "worst_unit"))
    if not rows:
        page.paragraph(view.say("none_open"))
        return
    page.table(*worst_table(view, rows), caption=view.say("worst_title"))
    page.foot(
        view,
        "worst",
        title=view.say("worst_title"),
        sources=sources.cited(view.asked, "payment_request"),
        metrics=("requests_open", "oldest_request"),
        asked=of_every_line(view).asked,
    )


def worst_table(view: View, rows: Sequence[Row]) -> Table:
    lines = [
        {
            "said": request_said(view, row),
            "project": row["project"],
            "declared": money(view, row["declared_eur"]),
            "turn": turn(view, row["holder"]),
            "since": day(view, row["since_on"]),
            "hand_days": days(view, row["hand_days"]),
            "total_days": days(view, row["total_days"]),
            "step": step(view, row["step"]),
        }
        for row in rows
    ]
    columns = [
        Column("said", view.say("col_request"), link="to_request"),
        Column("project", view.say("col_project"), link="to_project"),
        Column("declared", view.say("col_declared_eur"), "right"),
        Column("turn", view.say("col_turn")),
        Column("since", view.say("col_since")),
        Column("hand_days", view.say("col_hand_days"), "right"),
        Column("total_days", view.say("col_total_days"), "right"),
        Column("step", view.say("col_step")),
    ]
    return linked(view, rows, lines, "request", "project"), columns


# ---------------------------------------------------------------- days and ageing


def draw_days(view: View, rows: Sequence[Row]) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        draw_ageing(view, rows)
    with right:
        draw_waiting(view, payments.waiting(rows))
    draw_threshold(view, rows)
    page.note(view, "days_note")


def draw_ageing(view: View, rows: Sequence[Row]) -> None:
    if not any(row["open"] for row in rows):
        return
    found = payments.ageing(rows, payments.bounds(view.programme))
    drawn = pd.DataFrame(
        [
            (str(row["class"]), label, row["requests"], view.programme.basis, money_short(view, row["declared_eur"]))
            for row, label in zip(found, class_names(view), strict=True)
        ],
        columns=["id", "label", "value", "basis", "note"],
        dtype=object,
    )
    page.chart(
        view,
        "ageing",
        lambda: ranking.bars(drawn, view.look, view.lang, unit=COUNT),
        alt=lambda: ranking.bars_alt(drawn, view.lang, unit=COUNT),
        title=view.say("ageing_title"),
        subtitle=about(view, "ageing_unit"),
        data=lambda: ageing_data(view, found),
        sources=sources.cited(view.asked, "payment_request"),
        metrics=("requests_open",),
        asked=of_every_line(view).asked,
    )


def class_names(view: View) -> list[str]:
    bounds = payments.bounds(view.programme)
    firsts = (0, *(last + 1 for last in bounds))
    named = [view.say("class", first=first, last=last) for first, last in zip(firsts, bounds, strict=False)]
    return [*named, view.say("class_over", last=bounds[-1])]


def ageing_data(view: View, found: Sequence[Row]) -> page.Data:
    lines = [
        {**row, "label": label, "declared_eur": money(view, row["declared_eur"])}
        for row, label in zip(found, class_names(view), strict=True)
    ]
    columns = [Column("label", view.say("col_class"))]
    heads = {"requests": "col_requests", "declared_eur": "col_declared_eur", "suspended": "col_suspended"}
    return framed(lines, [*columns, *(Column(name, view.say(head), "right") for name, head in heads.items())])


def draw_waiting(view: View, found: Sequence[Waiting]) -> None:
    decided = [one for one in found if not one.open]
    if decided:
        draw_percentiles(view, decided, found)
    else:
        page.paragraph(view.say("none_decided"), quiet=True)
    far = [one for one in found if one.open and one.hand != payments.OVERALL]
    if far:
        said = "; ".join(hand_said(view, one) for one in far)
        page.paragraph(view.say("so_far", count=far[0].requests, hands=said), quiet=True)


def draw_percentiles(view: View, decided: Sequence[Waiting], found: Sequence[Waiting]) -> None:
    median, most = view.say("median"), view.say("most")
    drawn = pd.DataFrame(
        [(one.hand, hand(view, one.hand), one.most, one.median, view.programme.basis) for one in decided],
        columns=["id", "label", "value", "before", "basis"],
        dtype=object,
    )
    page.chart(
        view,
        "waiting",
        lambda: ranking.dots(drawn, view.look, view.lang, unit=DAYS, before=median, now=most),
        alt=lambda: f"{view.say('waiting_title')} {'; '.join(hand_said(view, one) for one in decided)}.",
        title=view.say("waiting_title"),
        subtitle=page.subtitle(of_every_line(view), view.say("waiting_unit", count=decided[0].requests)),
        data=lambda: waiting_data(view, found),
        sources=sources.cited(view.asked, "payment_request"),
        rows=("payment_request", "request_step"),
    )


def hand(view: View, id: str) -> str:
    return view.say(id) if id in ("suspended", payments.OVERALL) else turn(view, id)


def hand_said(view: View, one: Waiting) -> str:
    return view.say("hand_said", hand=hand(view, one.hand), median=days(view, one.median), most=days(view, one.most))


def waiting_data(view: View, found: Sequence[Waiting]) -> page.Data:
    lines = [
        {
            "state": view.say("open_so_far" if one.open else "decided"),
            "hand": hand(view, one.hand),
            "median": one.median,
            "most": one.most,
            "passed": one.passed,
            "requests": one.requests,
        }
        for one in found
    ]
    columns = [Column("state", view.say("col_state")), Column("hand", view.say("col_hand"))]
    heads = ("median", "most", "passed", "requests")
    return framed(lines, [*columns, *(Column(name, view.say(f"col_{name}"), "right") for name in heads)])


def draw_threshold(view: View, rows: Sequence[Row]) -> None:
    """Say the programme's own threshold, its ground, and how many requests are beyond it; nothing where it has none."""
    limit = int(view.programme.thresholds.get("request_days", 0))
    ground = view.programme.grounds.get("request_days", {}).get(view.lang) or view.app("not_known")
    counts = payments.over_threshold(rows, limit) if limit else {}
    if counts:
        beyond = "; ".join(
            view.say("beyond_open" if open_ else "beyond_decided", over=over, count=count)
            for open_, (over, count) in sorted(counts.items(), reverse=True)
        )
        page.paragraph(view.say("threshold", days=days(view, limit), ground=ground, beyond=beyond))


# ---------------------------------------------------------------- recoveries and payments


def draw_recoveries(view: View, rows: Sequence[Row]) -> None:
    anchored("recoveries", view.say("recoveries_title"), about(view, "ladder_unit"))
    if not rows:
        page.paragraph(view.say("recoveries_none"))
        return
    title, cited = view.say("recoveries_title"), sources.cited(view.asked, "recovery")
    page.table(*recoveries_table(view, rows[:SHOWN]), caption=title)
    page.foot(
        view,
        "recoveries",
        title=title,
        data=lambda: framed(*recoveries_table(view, rows)),
        sources=cited,
        metrics=("recovery_ordered", "recovered", "recovery_open"),
        asked=of_every_line(view).asked,
    )


def recoveries_table(view: View, rows: Sequence[Row]) -> Table:
    amounts = ("ordered_eur", "received_eur", "open_eur")
    lines = [
        {
            **row,
            "ordered_on": day(view, row["ordered_on"]),
            **{name: money(view, row[name]) for name in amounts},
            "days": view.say("days_open" if row["open_eur"] > 0 else "days_closed", days=days(view, row["days"])),
        }
        for row in rows
    ]
    columns = [
        Column("label", view.say("col_place"), link="to_project"),
        Column("ordered_on", view.say("col_ordered_on")),
        *(Column(name, view.say(f"col_{name}"), "right") for name in amounts),
        Column("days", view.say("col_days_open")),
        Column("reason", view.say("col_reason"), wide=True),
        Column("act", view.app("act"), link="act_url"),
        *sourced(view, rows),
    ]
    return linked(view, rows, lines, "project"), columns


def sourced(view: View, rows: Sequence[Row]) -> list[Column]:
    """Return the column of the sources of rows, where it says more than the foot."""
    told = len({row["source"] for row in rows}) > 1 or any(row["url"] for row in rows)
    return [Column("source", view.app("source"), link="url", wide=True)] if told else []


def draw_payments(view: View, rows: Sequence[Row]) -> None:
    title = view.say("payments_title")
    page.heading(title, about(view, "payments_unit"))
    if not rows:
        page.paragraph(view.say("payments_none"))
        return
    page.table(*payments_table(view, rows[:NEWEST]), caption=title)
    if len(rows) > NEWEST:
        page.paragraph(view.app("rows_shown", shown=NEWEST, total=len(rows)), quiet=True)
    cited = sources.cited(view.asked, "payment")
    page.foot(
        view,
        "payments",
        title=title,
        data=lambda: framed(*payments_table(view, rows)),
        sources=cited,
        metrics=("paid",),
        asked=of_every_line(view).asked,
    )


def payments_table(view: View, rows: Sequence[Row]) -> Table:
    lines = [
        {
            **row,
            "kind": view.say(f"kind.{row['kind']}"),
            "paid_on": paid_on(view, row),
            "number": "–" if row["number"] is None else view.say("numbered", number=row["number"]),
            **{name: money(view, row[name]) for name in ("amount_eur", "eu_eur", "state_eur")},
        }
        for row in rows
    ]
    columns = [
        Column("label", view.say("col_place"), link="to_project"),
        Column("kind", view.say("col_kind")),
        Column("paid_on", view.say("col_paid_on")),
        Column("amount_eur", view.say("col_amount"), "right"),
        Column("eu_eur", view.say("eu_eur"), "right"),
        Column("state_eur", view.say("state_eur"), "right"),
        Column("number", view.say("col_for"), link="to_request"),
    ]
    noted = [Column("note", view.app("note"), wide=True)] if any(row["note"] for row in rows) else []
    return linked(view, rows, lines, "project", "request"), [*columns, *noted, *sourced(view, rows)]


def paid_on(view: View, row: Row) -> str:
    if row["paid_on"] is not None:
        return day(view, row["paid_on"])
    return view.say("known_by", day=day(view, row["known_from"]))


# ---------------------------------------------------------------- all requests


def draw_all(view: View, rows: Sequence[Row]) -> None:
    shown = rows[:SHOWN]
    lines = [
        {
            "said": request_said(view, row),
            "submitted": day(view, row["submitted_on"]),
            "declared": money(view, row["declared_eur"]),
            "eligible": money(view, row["eligible_eur"], "–"),
            "state": view.say("open" if row["open"] else "decided"),
            "days": days(view, row["total_days"]),
        }
        for row in shown
    ]
    columns = [
        Column("said", view.say("col_request"), link="to_request"),
        Column("submitted", view.say("col_submitted_on")),
        Column("declared", view.say("col_declared_eur"), "right"),
        Column("eligible", view.say("col_eligible_eur"), "right"),
        Column("state", view.say("col_state")),
        Column("days", view.say("col_total_days"), "right"),
    ]
    page.heading(view.say("all_title"), about(view, "worst_unit"))
    page.table(linked(view, shown, lines, "request"), columns, caption=view.say("all_title"))
    page.note(view, "all_note", shown=view.app("rows_shown", shown=len(shown), total=len(rows)))


def draw_downloads(view: View, rows: Sequence[Row]) -> None:
    downloads.draw(
        view,
        "requests",
        lambda: Sheet(view.say("sheet"), as_filed(view, rows), fields(view)),
        lambda: notes(view, rows),
    )


def as_filed(view: View, rows: Sequence[Row]) -> pd.DataFrame:
    """Return the requests as the files hold them: codes in words, amounts and days as numbers."""
    told = [
        {
            **row,
            "state": view.say("open" if row["open"] else "decided"),
            "turn": turn(view, row["holder"]),
            "step": step(view, row["step"]),
            "basis": view.app(f"bases.{row['basis']}"),
            "hand_days": None if row["holder"] == "nobody" else row["hand_days"],
        }
        for row in rows
    ]
    return pd.DataFrame(told, dtype=object)


def fields(view: View) -> list[Field]:
    money_fields = ("declared_eur", "verified_eur", "eligible_eur", "eligible_eu_eur", "eligible_state_eur")
    more = ("eligible_own_eur", "cut_eur", "accounts_eur")
    day_fields = ("authority_days", "beneficiary_days", "auditor_days", "suspended_days", "total_days")
    return [
        Field("label", view.say("col_place")),
        Field("project", view.say("col_project")),
        Field("number", view.say("col_number"), "count"),
        Field("request_id", view.say("col_id")),
        *(Field(name, view.say(f"col_{name}"), "date") for name in ("submitted_on", "verified_on", "decided_on")),
        *(Field(name, view.say(f"col_{name}"), "eur") for name in (*money_fields, *more)),
        Field("state", view.say("col_state")),
        Field("step", view.say("col_step")),
        Field("turn", view.say("col_turn")),
        Field("since_on", view.say("col_since"), "date"),
        Field("hand_days", view.say("col_hand_days"), "days"),
        *(Field(name, view.say(f"col_{name}"), "days") for name in day_fields),
        Field("basis", view.app("basis")),
        Field("file", view.say("col_file")),
        Field("line", view.say("col_line"), "count"),
        Field("source", view.app("source")),
    ]


def notes(view: View, rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return what stands on the sheet beside the requests: what they are, how narrowed, on what ground."""
    more = [(view.say("note_rows"), str(len(rows))), (view.say("note_days"), view.say("days_note"))]
    asked, cited = of_every_line(view).asked, sources.cited(view.asked, "payment_request")
    return downloads.notes(view, *more, title=view.say("all_title"), asked=asked, sources=cited)


# ---------------------------------------------------------------- one request


def draw_request(view: View, chosen: str) -> None:
    row = payments.one(view.asked, chosen, view.lang)
    project = payments.project_of(view.snapshot, chosen)
    if not row:
        trail.draw(view, project, (chosen, to_request(view, chosen)))
        page.paragraph(view.say("not_yet", request=chosen, day=day(view, view.as_of)))
        return
    said = view.say("numbered", number=row["number"])
    document = (row["source"], row["url"] or "#rows")
    trail.draw(view, project, (said, to_request(view, chosen)), document=document)
    named = [view.names("project")[project], row["project"], page.as_of_line(view)]
    page.heading(request_said(view, row), " · ".join(named))
    page.paragraph(stands(view, row))
    left, right = st.columns(2, gap="large")
    with left:
        draw_amounts(view, row)
    with right:
        draw_steps(view, row)
    draw_checks(view, chosen)
    draw_evidence(view, row)


def stands(view: View, row: Row) -> str:
    """Say how a request stands: decided, or whose turn it is and since when."""
    if not row["open"]:
        named = {"day": day(view, row["decided_on"]), "days": days(view, row["total_days"])}
        return view.say("stands_decided", **named)
    named = {
        "turn": turn(view, row["holder"]),
        "days": days(view, row["hand_days"]),
        "total": days(view, row["total_days"]),
    }
    return view.say("stands_open", step=step(view, row["step"]), since=day(view, row["since_on"]), **named)


def draw_amounts(view: View, row: Row) -> None:
    page.heading(view.say("amounts_title"), level=3)
    shares = {share: row[f"eligible_{share}"] for share in payments.SHARES}
    top = row["declared_eur"]
    amounts = [(name, row[name]) for name in ("declared_eur", "verified_eur", "eligible_eur", "cut_eur")]
    rungs = [
        (
            view.say(f"col_{name}"),
            money(view, amount, view.say("not_yet_there")),
            share_sentence(view, shares) if name == "eligible_eur" and amount is not None else "",
            max(0.0, float(amount) / float(top)) if amount is not None and top else 0,
        )
        for name, amount in amounts
    ]
    st.html(ladder(rungs, view.say("amounts_title")))
    draw_entries(view, row["request_id"])


def draw_entries(view: View, chosen: str) -> None:
    """Draw what followed: in which accounts the request is, and the payments that are linked to it."""
    entries = payments.in_accounts(view.asked, chosen)
    paid = payments.payments_of(view.asked, chosen, view.lang)
    page.heading(view.say("accounts_title"), level=3)
    if entries:
        page.table(*accounts_table(view, entries), caption=view.say("accounts_title"))
    else:
        page.note(view, "accounts_none")
    page.heading(view.say("paid_title"), level=3)
    if paid:
        lines, columns = payments_table(view, paid)
        kept = [column for column in columns if column.name not in ("label", "number", "note", "source")]
        page.table(lines, kept, caption=view.say("paid_title"))
    else:
        page.note(view, "paid_none")


def accounts_table(view: View, entries: Sequence[Row]) -> Table:
    lines: list[Row] = [
        {
            "financial_year": entry["financial_year"],
            "eu_eur": money(view, entry["eu_eur"]),
            "final": view.app("yes" if entry["final"] else "no"),
            "known_from": day(view, entry["known_from"]),
        }
        for entry in entries
    ]
    return lines, [
        Column(name, view.say(f"account_{name}"), "right" if name == "eu_eur" else "left") for name in lines[0]
    ]


def draw_steps(view: View, row: Row) -> None:
    page.heading(view.say("steps_title"), level=3)
    lines = [
        {
            "on_date": day(view, one["on_date"]),
            "step": step(view, one["step"]),
            "holder": turn(view, one["holder"]),
            "days": step_days(view, one),
        }
        for one in payments.steps(view.asked, row["request_id"])
    ]
    if not lines:
        page.note(view, "steps_none")
        return
    columns = [Column(name, view.say(f"step_{name}")) for name in ("on_date", "step", "holder")]
    page.table(lines, [*columns, Column("days", view.say("step_days"), "right")], caption=view.say("steps_title"))
    counts = "; ".join(f"{hand(view, id)} {days(view, row[f'{id}_days'])}" for id in payments.HANDS)
    page.note(view, "steps_sum", hands=counts)


def step_days(view: View, row: Row) -> str:
    if row["days"] is None:
        return "–"
    said = days(view, row["days"])
    return view.say("until_now", days=said) if row["last"] else said


def draw_checks(view: View, chosen: str) -> None:
    page.heading(view.say("checks_title"), view.say("checks_unit"), level=3)
    found = payments.verifications(view.asked, chosen)
    if not found:
        page.paragraph(view.say("checks_none"))
        return
    parts = ("formal", "progress", "analytical")
    lines = [
        {
            **row,
            "verified_on": day(view, row["verified_on"]),
            **{part: view.say("done" if row[part] else "not_done") for part in parts},
        }
        for row in found
    ]
    columns = [Column(name, view.say(f"check_{name}")) for name in ("verified_on", *parts)]
    page.table(lines, [*columns, *sourced(view, found)], caption=view.say("checks_title"))
    draw_findings(view, chosen)


def draw_findings(view: View, chosen: str) -> None:
    lines = [
        {
            "found_on": day(view, row["found_on"]),
            "severity": severity(view, row),
            "sentence": row["sentence"],
            "cut": money(view, row["cut_eur"], "–"),
            "reaction": row["reaction"] or view.say("no_reaction"),
            "closed_on": day(view, row["closed_on"]) if row["closed_on"] else view.say("not_closed"),
        }
        for row in payments.findings(view.asked, chosen)
    ]
    if not lines:
        page.note(view, "findings_none")
        return
    columns = [
        Column("found_on", view.say("finding_found_on")),
        Column("severity", view.say("finding_severity")),
        Column("sentence", view.say("finding_sentence"), wide=True),
        Column("cut", view.say("col_cut_eur"), "right"),
        Column("reaction", view.say("finding_reaction"), wide=True),
        Column("closed_on", view.say("finding_closed_on")),
    ]
    page.table(lines, columns, caption=view.say("findings_title"))


def severity(view: View, row: Row) -> str:
    said = view.say(f"severity.{row['severity']}")
    return view.say("irregular", severity=said) if row["irregularity"] else said


def draw_evidence(view: View, row: Row) -> None:
    anchored("rows", view.say("evidence_title"), view.say("evidence_unit"))
    found = payments.evidence(view.asked, row["request_id"])
    shown = [{**one, "table_name": view.say(f"table.{one['table_name']}")} for one in found]
    columns = [
        Column("table_name", view.say("col_what")),
        Column("file", view.say("col_file")),
        Column("lines", view.say("col_line")),
        Column("source", view.app("source"), link="url", wide=True),
    ]
    page.table(shown, columns, caption=view.say("evidence_title"))
    tables = list(dict.fromkeys(one["table_name"] for one in found))
    page.foot(view, "rows", title=view.say("evidence_title"), basis=row["basis"], rows=tables)


# ---------------------------------------------------------------- the page


def draw_desk(view: View, rows: Sequence[Row]) -> None:
    """Draw the whole page of a programme that has requests, or what is known of its cash where it has none."""
    paid, recovered = payments.payments(view.asked, view.lang), payments.recoveries(view.asked, view.lang)
    uncovered = payments.balances(paid, recovered, rows)
    if "action_line" in view.asked.chosen:
        page.note(view, "not_by_line")
    if not payments.requested(view.snapshot):
        page.cards(
            [page.card(view, name) for name in ("paid", "recovery_ordered", "recovery_open", "uncovered_advance")]
        )
        page.unknown(view, view.say("no_requests"))
        draw_payments(view, paid)
        draw_recoveries(view, recovered)
        draw_uncovered(view, uncovered)
        draw_ladders(view)
        return
    draw_cards(view, rows, uncovered, recovered)
    draw_open(view, payments.worst(rows))
    draw_uncovered(view, uncovered)
    draw_ladders(view)
    if rows:
        draw_days(view, rows)
    draw_recoveries(view, recovered)
    draw_payments(view, paid)
    if rows:
        draw_all(view, rows)


view = page.view(__file__)
rows = payments.requests(view.asked, view.lang)
chosen = view.chosen("request")
if payments.requested(view.snapshot):
    draw_tools(view, rows, chosen)
if chosen:
    draw_request(view, chosen)
else:
    draw_desk(view, rows)
