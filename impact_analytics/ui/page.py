"""What a page script uses: the view it draws, and the few ways to draw on it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from plotly.graph_objects import Figure

from impact_analytics import filters as links
from impact_analytics import formats
from impact_analytics.charts.frame import marked
from impact_analytics.exports import csv_file
from impact_analytics.filters import Choice, Filters
from impact_analytics.formats import UNITS, full, short, short_day
from impact_analytics.frames import records
from impact_analytics.i18n import Words, texts
from impact_analytics.programme import Programme
from impact_analytics.queries import Asked, Value, asked, names, of_project, periods, value
from impact_analytics.semantics import dimensions, metrics
from impact_analytics.store import Snapshot
from impact_analytics.theme import Theme, theme
from impact_analytics.ui import markup, operators, reader, signin
from impact_analytics.ui.markup import Card, Column, Rows
from impact_analytics.ui.spec import PageSpec, page_of, pages

# What pages take from here although it is made elsewhere.
__all__ = ["UNITS", "Asked", "Card", "Column", "dimensions", "metrics", "records", "short_day"]

FIGURES_KEPT = 512
PASSPORT, TABLES = "passport", "data"  # the pages that say what a number rests on, and hold the tables
SOURCES_SHOWN = 2
Data = tuple[pd.DataFrame, Sequence[Column]]
CHART_CONFIG = {"displayModeBar": False, "responsive": True}


@dataclass(frozen=True)
class View:
    """One page as one reader sees it: data, day, choices, language and look."""

    spec: PageSpec
    snapshot: Snapshot
    filters: Filters
    choices: tuple[Choice, ...]
    lang: str
    look: Theme
    project: str = ""
    """The one project that the page, or a part of it, is about."""

    @property
    def programme(self) -> Programme:
        """Return the programme shown."""
        return self.snapshot.programme

    @property
    def as_of(self) -> date:
        """Return the day the page is read as of."""
        return self.filters.day("as_of", self.programme.default_as_of)

    @property
    def example(self) -> bool:
        """Say whether every number shown is invented."""
        return self.programme.is_example

    @cached_property
    def words(self) -> Words:
        """Return the page's words."""
        return self.spec.words(self.lang)

    @cached_property
    def asked(self) -> Asked:
        """Return the question that the reader's choices make."""
        whole = asked(self.snapshot, self.as_of, self.filters)
        return of_project(whole, self.project) if self.project else whole

    def say(self, key: str, **values: object) -> str:
        """Return one of the page's sentences, its `{places}` filled; `a.b` reaches into tables."""
        found: Any = self.words
        for part in key.split("."):
            found = found[part]
        return str(found).format(**values) if values else str(found)

    def app(self, key: str, **values: object) -> str:
        """Return one of the frame's sentences."""
        found: Any = texts("app", self.lang)
        for part in key.split("."):
            found = found[part]
        return str(found).format(**values) if values else str(found)

    def names(self, dimension: str) -> Mapping[str, str]:
        """Return the names of a dimension's ids."""
        return names(self.snapshot, dimension, self.lang)

    def chosen(self, id: str, default: str = "") -> str:
        """Return the page's own choice, or a default."""
        return self.filters.one(id, default)

    def link(self, slug: str, **changed: str | Sequence[str] | None) -> str:
        """Return the address of a page with the same choices, some of them changed."""
        known = reader.choices(self.snapshot, reader.language())
        own = {choice.id for choice in known}
        extra = tuple(Choice(id, "many") for id in changed if id not in own)
        first = next(iter(pages()))
        kept = replace(self.filters, chosen=tuple(pair for pair in self.filters.chosen if pair[0] in own))
        if self.lang != reader.language():
            kept = kept.having("lang", [self.lang])
        return links.link("/" if slug == first else f"/{slug}", kept, known + extra, **changed)


def view(script: str | Path) -> View:
    """Return the view of a page, in its frame or alone, and draw its head."""
    spec = page_of(script)
    snapshot, chosen, known = reader.read(spec)
    lang = str(st.session_state.get("lang") or reader.language())
    drawn = View(spec, snapshot, chosen, known, lang, _look())
    if spec.operators and not operators.who(snapshot.programme.id):
        refuse()
        st.stop()
    _head(drawn)
    return drawn


def refuse() -> None:
    """Draw what stands in place of a page for operators."""
    lang = str(st.session_state.get("lang") or reader.language())
    said = texts("app", lang)
    st.html(
        f"{_tokens(_look())}"
        f'<h1 class="title">{markup.escape(said["operators_title"])}</h1>'
        f'<p class="rejected" role="alert">{markup.escape(said["operators_only"])}</p>'
    )
    signin.draw_in(lang, "_sign_in_here")


def _look() -> Theme:
    return theme("dark" if getattr(st.context.theme, "type", None) == "dark" else "light")


# ---------------------------------------------------------------- head


def _head(view: View) -> None:
    parts = [_tokens(view.look)]
    if view.example:
        parts.append(f'<div class="example-band" role="note">{markup.escape(view.app("example_band"))}</div>')
    parts.append(f'<h1 class="title">{markup.escape(view.say("title"))}</h1>')
    parts.append(f'<p class="lead">{markup.escape(view.say("lead"))}</p>')
    parts.append(f'<p class="chips">{_chips(view)}</p>')
    parts += [f'<p class="rejected" role="status">{markup.escape(line)}</p>' for line in reader.rejected(view.lang)]
    st.html("".join(parts))
    if view.asked.where:
        st.button(view.app("clear"), key="clear", on_click=reader.cleared, type="tertiary")


def _chips(view: View) -> str:
    said = [view.programme.name[view.lang], as_of_line(view)]
    if not view.programme.is_open:
        said.append(view.programme.concluded.get(view.lang) or view.app("concluded"))
    for id, chosen in view.asked.where:
        said.append(
            f"{dimensions()[id].words(view.lang)['name']}: {', '.join(view.names(id)[value] for value in chosen)}"
        )
    return "".join(f'<span class="chip">{markup.escape(chip)}</span>' for chip in said)


def _tokens(look: Theme) -> str:
    colours = {
        "page": look.page,
        "surface": look.surface,
        "line": look.line,
        "text": look.text,
        "quiet": look.quiet,
        "accent": look.accent,
        "on-track": look.on_track_text,
        "on-track-soft": look.on_track_soft,
        "watch": look.watch_text,
        "watch-soft": look.watch_soft,
        "late": look.late_text,
        "late-soft": look.late_soft,
    }
    return "<style>:root{" + "".join(f"--ia-{name}:{value};" for name, value in colours.items()) + "}</style>"


# ---------------------------------------------------------------- figures


def cards(found: Sequence[Card]) -> None:
    """Draw figures side by side."""
    st.html(markup.cards(found))


def card(
    view: View, name: str, *, note: str = "", label: str = "", spark: str = "", link: str = "", **others: Any
) -> Card:
    """Return a card of a metric as of the view's day."""
    return card_of(view, value(view.asked, name), note=note, label=label, spark=spark, link=link, **others)


def card_of(
    view: View, found: Value, *, note: str = "", label: str = "", spark: str = "", link: str = "", **others: Any
) -> Card:
    """Return a card of a value: written short, with its basis, and why where there is none."""
    said = metrics()[found.metric].words(view.lang)
    shown, why = written_short(view, found)
    basis = found.basis if found.value is not None else ""
    word = view.app(f"bases.{basis}") if basis else ""
    return Card(
        label=label or said["short"],
        value=shown,
        note=why or note,
        basis=basis,
        basis_word=word,
        spark=spark,
        link=link,
        help=said["definition"],
        passport=passport(view, found.answers or found.metric, found.asked),
        passport_word=view.app("passport"),
        **others,
    )


def bare(card: Card) -> Card:
    """Return a card without the way to its passport, for where that is shown."""
    return replace(card, passport="")


def passport(view: View, metric: str, asked: Asked | None = None) -> str:
    """Return the address of a metric's passport for the very question that a figure answers; blank where it has none.

    `asked` is narrowed otherwise than the view, to a project or a day of its own.
    """
    question = asked or view.asked
    shared = {id for id, dimension in dimensions().items() if dimension.filter}
    if set(question.chosen) - shared - {"project"}:
        return ""
    held = view.asked.chosen
    changed: dict[str, str | Sequence[str] | None] = {
        id: question.chosen.get(id)
        for id in (*sorted(shared), "project")
        if id == "project" or question.chosen.get(id) != held.get(id)
    }
    if question.as_of != view.as_of:
        changed["as_of"] = question.as_of.isoformat()
    if question.without:
        changed["without"] = question.without
    return view.link(PASSPORT, metric=metric, **changed)


def written_short(view: View, found: Value) -> tuple[str, str]:
    """Return a value as a card writes it, and why there is none."""
    if found.not_split:
        lacking = [dimensions()[id].words(view.lang)["name"].lower() for id in found.not_split]
        return "–", view.app("not_split", dimensions=formats.listing(lacking, view.lang))
    if found.basis == "mixed":
        return "–", view.app("mixed")
    if found.value is None:
        return view.app("not_known"), ""
    if found.unit == "date":
        return short_day(found.value, "day", view.lang), ""
    write = formats.estimate if found.basis == "estimate" else short
    return write(found.value, UNITS[found.unit], view.lang), ""


def equation(view: View, terms: Sequence[tuple[str, Any, str]]) -> None:
    """Draw `first = second + third + …`: of each term its kind ("" or "estimate"), value (EUR) and words."""
    signs = ["", "=", *["+"] * (len(terms) - 2)]
    parts = [
        (f'<span class="sign">{sign}</span>' if sign else "")
        + f'<div class="term {kind}"><b>{markup.escape(written(view, value, "eur"))}</b>{markup.escape(said)}</div>'
        for sign, (kind, value, said) in zip(signs, terms, strict=True)
    ]
    st.html(f'<div class="equation">{"".join(parts)}</div>')


def heading(title: str, subtitle: str = "", *, level: int = 2) -> None:
    """Draw the heading of a part of the page."""
    st.html(_heading(title, subtitle, level))


def paragraph(sentence: str, *, quiet: bool = False) -> None:
    """Draw a sentence."""
    st.html(f'<p class="{"quiet" if quiet else "plain"}">{markup.escape(sentence)}</p>')


def chart(
    view: View,
    key: str,
    draw: Callable[[], Figure],
    *,
    title: str,
    subtitle: str,
    alt: Callable[[], str],
    data: Callable[[], Data] | None = None,
    sources: Sequence[tuple[str, str]] = (),
    basis: str = "",
    on_click: Callable[[list[str]], None] | None = None,
    depends: Hashable = None,
    metrics: Sequence[str] = (),
    rows: Sequence[str] = (),
    asked: Asked | None = None,
) -> None:
    """Draw a chart: question, unit and day above; source and basis below; its data and CSV on demand.

    The figure is drawn once for a snapshot, language, theme and what it `depends` on (blank: every choice); clicking a
    point hands over its ids. Below it stand the passports of the `metrics` it draws, or the tables whose `rows`.
    """
    st.html(_heading(title, subtitle, 3))
    figure, said = _drawn(view, key, draw, alt, view.filters if depends is None else depends)
    if on_click is None:
        st.plotly_chart(figure, theme=None, key=key, config=CHART_CONFIG, alt=said)
    else:
        st.plotly_chart(
            figure,
            theme=None,
            key=key,
            config=CHART_CONFIG,
            alt=said,
            on_select=lambda: on_click(_picked(key)),
            selection_mode="points",
        )
    foot(view, key, title=title, data=data, sources=sources, basis=basis, metrics=metrics, rows=rows, asked=asked)


_figures: OrderedDict[Hashable, tuple[Figure, str]] = OrderedDict()


def _drawn(
    view: View, key: str, draw: Callable[[], Figure], alt: Callable[[], str], depends: Hashable
) -> tuple[Figure, str]:
    known = (view.spec.slug, key, view.snapshot, depends, view.lang, view.look.name)
    if known not in _figures:
        figure = draw()
        said = alt()
        if view.example:
            figure = marked(figure, view.app("example_band"), view.look)
            said = f"{view.app('example_band')}. {said}"
        _figures[known] = figure, said
        while len(_figures) > FIGURES_KEPT:
            _figures.popitem(last=False)
    return _figures[known]


def _picked(key: str) -> list[str]:
    points = st.session_state[key]["selection"]["points"]
    return [point["customdata"][0] for point in points if point.get("customdata")]


def cells_picked(key: str) -> list[tuple[str, str]]:
    """Return row and column of the cells clicked in a grid that was drawn with `on_click`."""
    points = st.session_state[key]["selection"]["points"]
    return [(point["customdata"][0], point["customdata"][1]) for point in points if point.get("customdata")]


def narrowing(id: str) -> Callable[[list[str]], None]:
    """Return what a click does: narrow a dimension to the first id clicked, or widen it again."""

    def narrow(picked: list[str]) -> None:
        if picked and picked[0]:
            st.session_state[id] = [] if st.session_state.get(id) == picked[:1] else picked[:1]

    return narrow


def foot(
    view: View,
    key: str,
    *,
    title: str,
    data: Callable[[], Data] | None = None,
    sources: Sequence[tuple[str, str]] = (),
    basis: str = "",
    metrics: Sequence[str] = (),
    rows: Sequence[str] = (),
    asked: Asked | None = None,
) -> None:
    """Draw what stands below a figure: basis, sources, passports of its metrics or its tables, its data on demand."""
    shown = basis or view.programme.basis
    parts = [markup.basis_mark(shown, view.app(f"bases.{shown}")), _sources(view, sources)]
    parts += [_passports(view, metrics, asked), _tables(view, rows)]
    st.html(f'<div class="foot">{" ".join(filter(None, parts))}</div>')
    if data is not None:
        opened = st.expander(view.app("table"), key=f"{key}_data", on_change="rerun", type="compact")
        if opened.open:
            with opened:
                twin(view, key, *data(), caption=title)


def _sources(view: View, sources: Sequence[tuple[str, str]]) -> str:
    if not sources:
        return ""
    listed = [
        markup.anchor(url, name, outside=True) if url else markup.escape(name) for name, url in sources[:SOURCES_SHOWN]
    ]
    if len(sources) > SOURCES_SHOWN:
        listed.append(markup.anchor(view.link("data"), view.app("more_sources", count=len(sources) - SOURCES_SHOWN)))
    return f"<span>{markup.escape(view.app('source' if len(sources) == 1 else 'sources'))}: {', '.join(listed)}</span>"


def _passports(view: View, shown: Sequence[str], asked: Asked | None) -> str:
    named = [(passport(view, id, asked), str(metrics()[id].words(view.lang)["short"])) for id in shown]
    listed = [markup.anchor(address, name) for address, name in named if address]
    word = view.app("passport" if len(listed) == 1 else "passports")
    return f"<span>{markup.escape(word)}: {', '.join(listed)}</span>" if listed else ""


def _tables(view: View, shown: Sequence[str]) -> str:
    listed = [markup.anchor(view.link(TABLES, tab="tables", table=name), name) for name in shown]
    return f"<span>{markup.escape(view.app('rows'))}: {', '.join(listed)}</span>" if listed else ""


def twin(view: View, key: str, rows: pd.DataFrame, columns: Sequence[Column], *, caption: str) -> None:
    """Draw the table twin of a figure with its CSV."""
    st.html(markup.table(rows, columns, caption=caption))
    name = f"{view.app('example_file') if view.example else ''}{view.programme.id}_{key}_{view.as_of.isoformat()}.csv"
    shown = rows[[column.name for column in columns]].set_axis([column.heading for column in columns], axis=1)
    st.download_button(
        view.app("download_csv"),
        csv_file(shown, mark=view.app("example_band") if view.example else ""),
        file_name=name,
        mime="text/csv",
        key=f"{key}_csv",
        on_click="ignore",
        type="tertiary",
    )


def table(rows: Rows, columns: Sequence[Column], *, caption: str) -> None:
    """Draw a table whose cells are already in words."""
    st.html(markup.table(rows, columns, caption=caption))


def unknown(view: View, sentence: str) -> None:
    """Say what is not known and why, and offer the same page of the example programme."""
    example = next((id for id in reader.programmes() if reader.snapshot_of(id, "")[0].programme.is_example), None)
    offer = ""
    if example and not view.example:
        address = links.link(
            f"/{view.spec.slug}" if view.spec.slug != next(iter(pages())) else "/",
            Filters(),
            _bare(),
            programme=example,
            lang=view.lang,
        )
        offer = f'<p class="offer">{markup.anchor(address, view.app("see_example"))}</p>'
    st.html(f'<div class="unknown"><p>{markup.escape(sentence)}</p>{offer}</div>')


def choose(view: View, id: str, options: Mapping[str, str], label: str, *, empty: str = "", **others: Any) -> str:
    """Draw a selectbox for one of the page's choices and return the id; with `empty`, nothing may be chosen."""
    known = ({"": empty} if empty else {}) | dict(options)
    if st.session_state.get(id) not in known:
        st.session_state[id] = next(iter(known), None)
    picked = st.selectbox(
        label, list(known), key=id, format_func=known.__getitem__, placeholder=view.app("placeholder"), **others
    )
    return str(picked or "")


def _bare() -> tuple[Choice, ...]:
    return (Choice("programme", "one", reader.programmes()[0]), Choice("lang", "one", reader.language()))


def _heading(title: str, subtitle: str, level: int) -> str:
    below = f'<p class="subtitle">{markup.escape(subtitle)}</p>' if subtitle else ""
    return f'<h{level} class="part">{markup.escape(title)}</h{level}>{below}'


def bullets(items: Sequence[str]) -> None:
    """Draw lines of HTML made by `linked` and `quietly` as a list."""
    st.html('<ul class="actions">' + "".join(f"<li>{item}</li>" for item in items) + "</ul>")


def linked(address: str, words: str) -> str:
    """Return words that lead to a page of ours, as HTML."""
    return markup.anchor(address, words)


def quietly(words: str) -> str:
    """Return words in quiet text below, as HTML."""
    return f'<div class="quiet">{markup.escape(words)}</div>'


# ---------------------------------------------------------------- words of values


def year_before(day: date) -> date:
    """Return the same day a year before; the last of February stays the last."""
    return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day.replace(year=day.year - 1, day=28)


def change(view: View, found: Value, before: Any, day: date) -> str:
    """Say how a value has changed since an earlier day; nothing where it was not known then."""
    now = found.value
    if before is None or now is None or found.unit == "date":
        return ""
    since = short_day(day, "day", view.lang)
    if now == before:
        return view.app("no_change_since", day=since)
    return view.app("change_since", difference=_short_move(view, now - before, found.unit), day=since)


def _short_move(view: View, difference: Any, unit: str) -> str:
    if unit != "eur":
        return moved(view, difference, unit)
    return ("+" if difference > 0 else formats.MINUS) + short(abs(difference), UNITS[unit], view.lang)


def number(value: Any) -> float | None:
    """Return a value as a line can draw it."""
    return None if value is None or isinstance(value, date) else float(value)


def days_before(view: View, *chosen: date) -> dict[str, str]:
    """Return the days before the view's own that a choice may take, newest first, as written; any chosen among them."""
    days = sorted({*chosen, *(day for day in periods(view.snapshot) if day < view.as_of)}, reverse=True)
    return {day.isoformat(): short_day(day, "day", view.lang) for day in days}


def days_between(view: View, since: date) -> tuple[date, ...]:
    """Return the days of a sparkline: the ends of the last dozen periods, and the day that changes are counted from."""
    ends = [day for day in periods(view.snapshot) if day < view.as_of]
    return (*ends[-12:], since)


def result_said(view: View, result: Mapping[str, Any]) -> str:
    """Return a published result in words: what the source says of the number, of whom, where."""
    figure = view.app(f"qualifier.{result['qualifier']}", value=full(result["value"], UNITS["count"], view.lang))
    return f"{result['name']}: {figure} ({result['place']})"


def listing(view: View, items: Sequence[str]) -> str:
    """Return a list in words."""
    return formats.listing(items, view.lang)


def written(view: View, value: Any, unit: str, *, basis: str = "") -> str:
    """Return a value as a table writes it: in full, an estimate with its sign."""
    if value is None:
        return view.app("not_known")
    if unit == "date":
        return short_day(value, "day", view.lang)
    if basis == "estimate":
        return formats.estimate(value, UNITS[unit], view.lang)
    return full(value, UNITS[unit], view.lang)


def moved(view: View, value: Any, unit: str) -> str:
    """Return a difference with its sign."""
    return view.app("not_known") if value is None else formats.difference(value, UNITS[unit], view.lang)


def relative(view: View, value: Any) -> str:
    """Return a relative difference with its sign, in per cent."""
    sign = "+" if value > 0 else formats.MINUS if value < 0 else ""
    return sign + full(abs(value), UNITS["share"], view.lang)


def as_of_line(view: View) -> str:
    """Return the day that the page is read as of, in words."""
    return view.app("as_of_line", day=formats.day(view.as_of, "day", view.lang))


def subtitle(view: View, unit: str = "", *more: str, of: str = "") -> str:
    """Return the quiet line under a title: unit, territory, as-of; `of` is what it is of, if not of everything."""
    narrowed = [", ".join(view.names(id)[value] for value in chosen) for id, chosen in view.asked.where]
    parts = [
        unit,
        *more,
        *([of, *narrowed] if of else narrowed or [view.app("whole")]),
        as_of_line(view),
    ]
    line = " · ".join(part for part in parts if part)
    return line[:1].upper() + line[1:]


def note(view: View, key: str, **values: object) -> None:
    """Draw one of the page's sentences quietly."""
    paragraph(view.say(key, **values), quiet=True)
