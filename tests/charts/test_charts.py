"""Every chart draws the values it is given, in both languages and themes, and says them to those who cannot see."""

import ast
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from impact_analytics.charts import (
    deadlines,
    deviation,
    distribution,
    frame,
    grid,
    labels,
    ranking,
    timeline,
    trend,
)
from impact_analytics.formats import UNITS
from impact_analytics.i18n import LANGUAGES, leaves, texts
from impact_analytics.theme import CLEAR, theme

CHARTS = Path(trend.__file__).parent
EUR, SHARE = UNITS["eur"], UNITS["share"]
LOOK = theme("light")
AS_OF = date(2031, 12, 31)
GAP = [None, pd.NA, float("nan")]


def frame_of(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=columns.split()).astype(object)


RANKS = frame_of(
    "id label value basis note",
    ("a", "Alta", 2_500_000, "published", ""),
    ("b", "Bassa", 1_961_234, "estimate", None),
    ("c", "Collina & Mare", None, "published", "rinuncia"),
)
MOMENTS = frame_of("id label value before basis", ("a", "Alta", 0.5, 0.25, "supplied"), ("b", "Bassa", None, 0.4, ""))
COURSE = frame_of(
    "series label position on value basis",
    ("s", "Scuola", 0, date(2030, 3, 31), 0.1, "supplied"),
    ("s", "Scuola", 0, date(2030, 6, 30), None, "supplied"),
    ("s", "Scuola", 0, date(2031, 6, 30), 0.6, "estimate"),
    ("t", "Servizi territoriali", 1, date(2030, 3, 31), 0.1, "supplied"),
    ("t", "Servizi territoriali", 1, date(2031, 6, 30), 0.6, "supplied"),
)
CLOCKS = frame_of(
    "id label time physical expenditure basis", ("s", "Scuola", 0.7, 0.5, 0.4, ""), ("t", "Rete", 0.7, None, 0.1, "")
)
CELLS = frame_of(
    "row_id row column_id column value basis",
    ("a", "Alta", "1", "Uno", 0.2, ""),
    ("a", "Alta", "2", "Due", None, ""),
    ("b", "Bassa", "1", "Uno", 0.9, ""),
    ("b", "Bassa", "2", "Due", 0.4, "estimate"),
)
STATUSES = frame_of(
    "id label period_id grade",
    *((place, f"Luogo {place}", "2030-Q4", grade) for place, grade in enumerate(grid.STATUSES)),
    (0, "Luogo 0", "2031-Q1", "on_track"),
)
CAUSES = frame_of("origin nature value", ("ente", "tecnica", 3), (None, "tecnica", 5))
STEPS = frame_of(
    "label known_on ends_on uncertain",
    ("Avviso", date(2028, 1, 1), date(2030, 6, 30), False),
    ("Primo", date(2029, 12, 1), date(2031, 6, 30), True),
    ("Secondo", date(2031, 5, 1), date(2032, 6, 30), False),
)
LIMITS = frame_of("label known_on limit_on", ("Reg.", date(2027, 1, 1), date(2033, 12, 31)))
PROJECTS = frame_of(
    "id label start term superseded end end_kind withdrawn_on",
    ("a", "Alta", date(2029, 1, 1), date(2031, 6, 30), [date(2030, 6, 30)], date(2031, 7, 30), "real", None),
    ("b", "Bassa", date(2029, 1, 1), date(2031, 6, 30), [], date(2031, 5, 1), "expected", None),
    ("c", "Costa", date(2029, 1, 1), date(2031, 6, 30), [date(2030, 6, 30)], None, None, date(2030, 1, 1)),
)
ACTS = frame_of(
    "on label kind note",
    (date(2029, 5, 1), "Decreto", "act", ""),
    (date(2029, 6, 1), "Decreto bis", "act", None),
    (date(2031, 6, 30), "progetti", "term", ""),
    (date(2032, 6, 30), "spese", "limit", ""),
)
PERIODS = frame_of("start end label", (date(2029, 1, 1), date(2029, 3, 31), "I trim. 2029"))
STATES = frame_of(
    "id label state value", ("s", "Scuola", "completed", 3), ("s", "Scuola", "suspended", 1), ("t", "Rete", None, 2)
)
COLUMNS = frame_of(
    "label value basis note",
    ("2029", 10, "published", ""),
    ("2030", None, "published", ""),
    ("2031", 12, "estimate", ""),
)


class Chart(NamedTuple):
    draw: Callable[..., go.Figure]
    say: Callable[..., str]
    rows: pd.DataFrame
    both: Mapping[str, Any] = MappingProxyType({})
    drawing: Mapping[str, Any] = MappingProxyType({})


EVERY = {
    "bars": Chart(ranking.bars, ranking.bars_alt, RANKS, {"unit": EUR}),
    "dots": Chart(ranking.dots, ranking.dots_alt, MOMENTS, {"unit": SHARE, "before": "2030", "now": "2031"}),
    "lines": Chart(trend.lines, trend.lines_alt, COURSE, {"unit": SHARE, "acts": [(date(2030, 12, 1), "Atto")]}),
    "columns": Chart(trend.columns, trend.columns_alt, COLUMNS, {"unit": EUR}),
    "clocks": Chart(deviation.clocks, deviation.clocks_alt, CLOCKS),
    "heat": Chart(grid.heat, grid.heat_alt, CELLS, {"unit": SHARE}),
    "statuses": Chart(grid.statuses, grid.statuses_alt, STATUSES),
    "causes": Chart(grid.causes, grid.causes_alt, CAUSES),
    "steps": Chart(deadlines.steps, deadlines.steps_alt, STEPS, {"as_of": AS_OF, "limits": LIMITS}),
    "projects": Chart(deadlines.projects, deadlines.projects_alt, PROJECTS, {"as_of": AS_OF}),
    "acts": Chart(
        timeline.acts,
        timeline.acts_alt,
        ACTS,
        {"as_of": AS_OF},
        {"periods": PERIODS, "span": (date(2028, 1, 1), date(2033, 1, 1))},
    ),
    "states": Chart(distribution.states, distribution.states_alt, STATES),
}


def drawn(name: str, lang: str = "it", rows: pd.DataFrame | None = None, **more: Any) -> go.Figure:
    chart = EVERY[name]
    return chart.draw(chart.rows if rows is None else rows, LOOK, lang, **chart.both, **chart.drawing, **more)


def hatched(figure: go.Figure) -> list[Any]:
    return [trace for trace in figure.data if trace.type == "bar" and trace.marker.pattern.shape == "/"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("chart", EVERY.values(), ids=EVERY)
def test_a_figure_is_valid_and_in_the_house_s_style(chart, name, lang):
    look = theme(name)
    figure = chart.draw(chart.rows, look, lang, **chart.both, **chart.drawing)
    go.Figure(figure.to_dict())  # Plotly's own check, which drawing leaves out
    layout = figure.layout
    assert (layout.paper_bgcolor, layout.plot_bgcolor) == (CLEAR, CLEAR)
    assert layout.font.family == look.font
    assert layout.separators == {"it": ",.", "en": ".,"}[lang]
    assert layout.title.text is None
    assert layout.showlegend is False
    assert not layout.xaxis.showgrid
    assert all(trace.hoverinfo in ("text", "skip") for trace in figure.data)


@pytest.mark.parametrize("chart", EVERY, ids=EVERY)
def test_a_figure_asks_nobody_and_carries_no_default_template(chart):
    text = drawn(chart).to_json()
    assert "http" not in text
    assert not json.loads(text)["layout"]["template"]
    assert "bdata" not in text


@pytest.mark.parametrize("chart", EVERY.values(), ids=EVERY)
def test_the_sentence_is_made_in_each_language(chart):
    said = {lang: chart.say(chart.rows, lang, **chart.both) for lang in LANGUAGES}
    assert said["it"] != said["en"]
    for sentence in said.values():
        assert sentence.endswith(".")
        assert not re.search(r"[{}]|None|nan|  ", sentence)


@pytest.mark.parametrize("chart", ["bars", "columns", "heat", "causes"])
@pytest.mark.parametrize("gap", GAP, ids=["None", "NA", "NaN"])
def test_a_chart_of_nothing_but_gaps_is_drawn(chart, gap):
    rows = EVERY[chart].rows.assign(value=[gap] * len(EVERY[chart].rows))
    assert hatched(drawn(chart, rows=rows))


def test_both_languages_have_the_same_words_and_places():
    it, en = (leaves(texts("charts", lang)) for lang in LANGUAGES)
    assert it.keys() == en.keys()
    for key, sentence in it.items():
        assert set(re.findall(r"{(\w+)}", sentence)) == set(re.findall(r"{(\w+)}", en[key])), key


def test_the_charts_know_neither_express_nor_colours():
    for path in CHARTS.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        names = {n.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import) for n in node.names}
        names |= {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
        assert not {name for name in names if name.startswith(("plotly.express", "streamlit", "duckdb"))}
        assert not re.search(r"#[0-9A-Fa-f]{3,8}\b", source), path.name


def test_bars_draw_firm_values_outline_estimates_and_hatch_what_is_not_known():
    firm, guess, unknown = drawn("bars").data
    assert (list(firm.x), firm.text[0], firm.customdata[0]) == ([2_500_000.0], "2,50\u00a0mln\u00a0€", ["a"])
    assert guess.marker.color == CLEAR
    assert guess.text[0].startswith("≈")
    assert unknown.marker.pattern.shape == "/"
    assert "non noto" in unknown.text[0]
    assert "rinuncia" in unknown.text[0]
    assert "2.500.000,00" in firm.hovertext[0]


def test_an_estimate_is_neither_the_highest_nor_the_lowest():
    said = ranking.bars_alt(RANKS, "en", unit=EUR)
    assert "highest: alta" in said.lower()
    assert "Bassa" not in said
    assert "Estimates: 1. Values not known: 1." in said


def test_dots_show_two_moments_or_one():
    assert [list(trace.x) for trace in drawn("dots").data[2:]] == [[0.25, 0.4], [0.5, None]]
    one = ranking.dots(MOMENTS.drop(columns="before"), LOOK, "it", unit=SHARE)
    assert len(one.data) == 2


def test_lines_keep_their_gaps_and_are_named_at_their_ends_without_touching():
    figure = drawn("lines")
    assert list(figure.data[0].y) == [0.1, None, 0.6]
    assert figure.data[0].marker.color[2] == LOOK.page
    ends = [note for note in figure.layout.annotations if note.xanchor == "left" and note.x == 1]
    assert {"Scuola" in note.text for note in ends} == {True, False}
    margin = figure.layout.margin
    apart = abs(ends[0].y - ends[1].y) * (figure.layout.height - margin.t - margin.b)
    assert apart >= 2 * labels.LINE - 1
    assert any("Atto" in note.text for note in figure.layout.annotations)
    assert drawn("lines", step=True).data[0].line.shape == "hv"


def test_five_lines_are_refused():
    rows = pd.concat([COURSE.assign(series=str(place), position=place) for place in range(5)])
    with pytest.raises(ValueError, match="5 lines cannot be told apart"):
        trend.lines(rows, LOOK, "it", unit=SHARE)


def test_a_column_that_is_not_public_says_so():
    gone = drawn("columns", "en").data[1]
    assert gone.marker.pattern.shape == "/"
    assert gone.text[0].replace("<br>", " ") == "amount not public"


def test_the_clocks_write_their_gap():
    texts_of = [note.text for note in drawn("clocks").layout.annotations]
    assert any("−20,0\u00a0punti" in text for text in texts_of)
    assert any("non noto" in text for text in texts_of)


def test_the_heat_map_writes_each_value_and_can_be_clicked():
    figure = drawn("heat")
    cells = [cell for trace in figure.data if trace.type == "bar" for cell in trace.customdata]
    assert sorted(cells) == [["a", "1"], ["a", "2"], ["b", "1"], ["b", "2"]]
    assert list(figure.data[-1].text) == ["20,0\u00a0%", "non noto", "90,0\u00a0%", "≈\u00a040,0\u00a0%"]


def test_each_status_has_a_sign_and_a_word_and_a_click_asks_for_its_period():
    figure = drawn("statuses")
    assert len({trace.texttemplate for trace in figure.data}) == len(grid.STATUSES) == len(figure.data)
    assert {tuple(cell) for trace in figure.data for cell in trace.customdata} == {("2030-Q4",), ("2031-Q1",)}
    assert sum(len(trace.x) for trace in figure.data) == len(STATUSES)
    assert grid.statuses_alt(STATUSES, "it").endswith("I\u00a0trim.\u00a02031: in linea 1.")


def test_causes_count_what_is_not_coded():
    assert "Non codificata" in drawn("causes").layout.yaxis.ticktext
    assert "Non codificate: 5." in grid.causes_alt(CAUSES, "it")


def test_the_stretch_before_an_act_that_was_not_found_is_dashed():
    dashes = [trace.line.dash for trace in drawn("steps").data if trace.mode == "lines"]
    assert dashes == [None, "dot", "solid", "solid"]
    assert drawn("steps").data[0].line.color == LOOK.quiet


def test_a_project_past_its_term_is_late_and_one_that_withdrew_ends_early():
    figure = drawn("projects")
    bars = {trace.marker.color: trace for trace in figure.data if trace.type == "bar"}
    assert [length / deadlines.DAY for length in bars[LOOK.late].x] == [30]
    assert hatched(figure)[0].customdata[0] == ["c"]
    assert len(figure.data[-2].x) == 1  # the ghosts: a withdrawn project did not see its own
    assert any("+30\u00a0giorni" in note.text for note in figure.layout.annotations)


def test_states_make_a_whole():
    figure = drawn("states")
    assert [round(sum(parts), 9) for parts in zip(*(trace.x for trace in figure.data), strict=True)] == [1, 1]


def test_the_mark_lies_on_the_figure_and_takes_nothing_away():
    before = len(drawn("lines").layout.annotations)
    figure = frame.marked(drawn("lines"), "ESEMPIO, valori inventati", LOOK)
    assert len(figure.layout.annotations) == before + 1
    assert figure.layout.annotations[0].text == "ESEMPIO, valori inventati"


def test_a_sparkline_is_hidden_from_screen_readers_and_leaves_gaps_out():
    svg = trend.sparkline_svg([1, None, 3], LOOK)
    assert svg.startswith('<svg aria-hidden="true"')
    assert LOOK.series[0] in svg
    assert trend.sparkline_svg([None, 3], LOOK) == ""


@pytest.mark.parametrize("shares", [[0.1, 0.12, 0.14], [0.9, 0.95, 1.0], [0.0, 0.5, 0.52, 0.54, 1.0], [0.3] * 5])
def test_flags_on_one_level_do_not_touch(shares):
    placed = labels.flags(shares, [80.0] * len(shares), 340)
    spans = [
        (flag.level, share * 340 + (3 if flag.anchor == "left" else -83))
        for share, flag in zip(shares, placed, strict=True)
    ]
    for index, (level, start) in enumerate(spans):
        assert all(level != other or abs(start - begin) >= 80 for other, begin in spans[:index])


def test_spread_labels_keep_their_order_and_distance():
    assert labels.spread([10, 12, 90], [20, 20, 20], 0, 100) == [10, 30, 90]
    assert labels.spread([95, 96], [20, 20], 0, 100) == [70, 90]


def test_labels_break_between_words_and_never_inside_an_amount():
    assert labels.wrapped("importo non pubblico", 60, 3).split("<br>")
    assert "<br>" not in labels.wrapped("25,00\u00a0mln\u00a0€", 60)
    assert labels.shortened("x" * 80, 60).endswith("…")


def test_a_single_day_and_arrays_of_terms_are_drawn():
    go.Figure(drawn("lines", rows=COURSE.head(1)).to_dict())
    rows = PROJECTS.assign(superseded=[np.array(["2030-06-30"], dtype="datetime64[D]"), None, float("nan")])
    assert list(drawn("projects", rows=rows).data[-2].x) == ["2030-06-30"]
