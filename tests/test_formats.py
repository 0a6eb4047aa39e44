"""Values in the reader's language. Spaces stand for non-breaking ones in the tables below."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact_analytics import formats, i18n
from impact_analytics.formats import LANGUAGES, UNITS, difference, estimate, full, short

LANGS = tuple(LANGUAGES)
NUMERIC = tuple(unit for unit in UNITS.values() if unit.id != "date")
MISSING = (None, float("nan"), np.float64("nan"), pd.NA, pd.NaT, np.datetime64("NaT"), Decimal("NaN"))
cents = st.decimals(-(10**11), 10**11, places=2)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def plain(written):
    return written.replace(formats.NBSP, " ")


@pytest.mark.parametrize(
    ("value", "unit", "italian", "english"),
    [
        (1234567.89, "eur", "1.234.567,89 €", "€1,234,567.89"),
        (Decimal("-1234.5"), "eur", "−1.234,50 €", "−€1,234.50"),
        (0, "eur", "0,00 €", "€0.00"),
        (-0.001, "eur", "0,00 €", "€0.00"),
        (1.005, "eur", "1,01 €", "€1.01"),
        (2.675, "eur", "2,68 €", "€2.68"),
        (12.34565, "rate_eur", "12,3457 €", "€12.3457"),
        (12.5, "count", "13", "13"),
        (1234, "count", "1.234", "1,234"),
        (1, "persons", "1 persona", "1 person"),
        (1234, "persons", "1.234 persone", "1,234 persons"),
        (0.105, "share", "10,5 %", "10.5%"),
        (0.1045, "share", "10,5 %", "10.5%"),
        (1, "share", "100,0 %", "100.0%"),
        (0.032, "points", "3,2 punti", "3.2 points"),
        (1, "days", "1 giorno", "1 day"),
        (-1, "days", "−1 giorno", "−1 day"),
        (198, "days", "198 giorni", "198 days"),
        (0, "months", "0 mesi", "0 months"),
        (1, "hours", "1 ora", "1 hour"),
        (date(2023, 6, 30), "date", "30 giugno 2023", "30 June 2023"),
    ],
)
def test_full(value, unit, italian, english):
    assert [plain(full(value, UNITS[unit], lang)) for lang in ("it", "en")] == [italian, english]


@pytest.mark.parametrize(
    ("value", "unit", "italian", "english"),
    [
        (1234567, "eur", "1,23 mln €", "€1.23m"),
        (1235000, "eur", "1,24 mln €", "€1.24m"),
        (-22516789.10, "eur", "−22,52 mln €", "−€22.52m"),
        (1_300_000_000, "eur", "1,30 mrd €", "€1.30bn"),
        (345678, "eur", "345,7 mila €", "€345.7k"),
        (999_999.99, "eur", "1,00 mln €", "€1.00m"),
        (10000, "eur", "10,0 mila €", "€10.0k"),
        (9999.5, "eur", "10,0 mila €", "€10.0k"),
        (9999.49, "eur", "9.999 €", "€9,999"),
        (0, "eur", "0 €", "€0"),
        (12345, "count", "12.345", "12,345"),
        (1_234_567, "persons", "1,23 mln persone", "1.23m persons"),
        (0.105, "share", "10,5 %", "10.5%"),
        (30, "days", "30 giorni", "30 days"),
        ("2023-06-30", "date", "30/06/2023", "30/06/2023"),
    ],
)
def test_short(value, unit, italian, english):
    assert [plain(short(value, UNITS[unit], lang)) for lang in ("it", "en")] == [italian, english]


@pytest.mark.parametrize(
    ("value", "unit", "italian", "english"),
    [
        (1956789, "eur", "≈ 1,96 mln €", "≈ €1.96m"),
        (995_000, "eur", "≈ 1,00 mln €", "≈ €1.00m"),
        (345678, "eur", "≈ 350.000 €", "≈ €350,000"),
        (5000, "eur", "≈ 10.000 €", "≈ €10,000"),
        (4999.99, "eur", "< 10.000 €", "< €10,000"),
        (0, "eur", "≈ 0 €", "≈ €0"),
        (0.105, "share", "≈ 10,5 %", "≈ 10.5%"),
        (1234, "persons", "≈ 1.234 persone", "≈ 1,234 persons"),
        (None, "eur", "n.d.", "n/a"),
        (None, "share", "n.d.", "n/a"),
    ],
)
def test_estimate(value, unit, italian, english):
    assert [plain(estimate(value, UNITS[unit], lang)) for lang in ("it", "en")] == [italian, english]


@pytest.mark.parametrize(
    ("value", "unit", "italian", "english"),
    [
        (0.032, "share", "+3,2 punti", "+3.2 points"),
        (-0.032, "share", "−3,2 punti", "−3.2 points"),
        (0.0004, "share", "0,0 punti", "0.0 points"),
        (0.032, "points", "+3,2 punti", "+3.2 points"),
        (1200, "eur", "+1.200,00 €", "+€1,200.00"),
        (-1, "days", "−1 giorno", "−1 day"),
        (45, "date", "+45 giorni", "+45 days"),
        (None, "share", "n.d.", "n/a"),
    ],
)
def test_difference(value, unit, italian, english):
    assert [plain(difference(value, UNITS[unit], lang)) for lang in ("it", "en")] == [italian, english]


@pytest.mark.parametrize(
    ("value", "precision", "italian", "english", "figures"),
    [
        (date(2023, 6, 30), "day", "30 giugno 2023", "30 June 2023", "30/06/2023"),
        (date(2021, 1, 1), "day", "1° gennaio 2021", "1 January 2021", "01/01/2021"),
        (datetime(2019, 9, 15, 12, tzinfo=UTC), "month", "settembre 2019", "September 2019", "09/2019"),
        (pd.Timestamp("2019-09-15"), "year", "2019", "2019", "2019"),
        (np.datetime64("2020-12-14"), "day", "14 dicembre 2020", "14 December 2020", "14/12/2020"),
        ("2020-12-14", "day", "14 dicembre 2020", "14 December 2020", "14/12/2020"),
    ],
)
def test_days_are_written_as_far_as_they_are_known(value, precision, italian, english, figures):
    assert [plain(formats.day(value, precision, lang)) for lang in ("it", "en")] == [italian, english]
    assert {formats.short_day(value, precision, lang) for lang in LANGS} == {figures}


@pytest.mark.parametrize(
    ("id", "italian", "english", "start", "end"),
    [
        ("2021", "2021", "2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("2021-H2", "II sem. 2021", "H2 2021", date(2021, 7, 1), date(2021, 12, 31)),
        ("2021-Q4", "IV trim. 2021", "Q4 2021", date(2021, 10, 1), date(2021, 12, 31)),
        ("2021-Q1", "I trim. 2021", "Q1 2021", date(2021, 1, 1), date(2021, 3, 31)),
        ("2021-M07", "luglio 2021", "July 2021", date(2021, 7, 1), date(2021, 7, 31)),
        ("2020-M02", "febbraio 2020", "February 2020", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021-M12", "dicembre 2021", "December 2021", date(2021, 12, 1), date(2021, 12, 31)),
    ],
)
def test_periods(id, italian, english, start, end):
    assert [plain(formats.period(id, lang)) for lang in ("it", "en")] == [italian, english]
    assert (formats.period_start(id), formats.period_end(id)) == (start, end)


@pytest.mark.parametrize("id", ["", "21", "2021-Q5", "2021-Q0", "2021-H3", "2021-M13", "2021-Q", "2021-4", "0000"])
def test_what_is_no_period_is_refused_in_a_sentence(id):
    with pytest.raises(ValueError, match="is not a period: write"):
        formats.period(id, "it")


@pytest.mark.parametrize("value", MISSING, ids=repr)
@pytest.mark.parametrize(("lang", "word"), [("it", "n.d."), ("en", "n/a")])
def test_missing_is_a_word_in_every_form(value, lang, word):
    for unit in UNITS.values():
        assert {full(value, unit, lang), short(value, unit, lang), difference(value, unit, lang)} == {word}
        assert estimate(value, unit, lang) == word
    assert formats.day(value, "day", lang) == formats.short_day(value, "year", lang) == word


@pytest.mark.parametrize("value", [7, 7.0, Decimal(7), np.int64(7), np.float64(7), np.float32(7), "7"], ids=repr)
def test_any_kind_of_number_is_taken(value):
    assert full(value, UNITS["count"], "it") == "7"
    assert plain(full(value, UNITS["days"], "it")) == "7 giorni"


@pytest.mark.parametrize(("value", "sentence"), [("seven", "is not a number"), (float("inf"), "cannot be written")])
def test_what_is_no_number_is_refused_in_a_sentence(value, sentence):
    with pytest.raises(ValueError, match=sentence):
        full(value, UNITS["eur"], "it")


def test_an_unknown_language_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="choose one of it, en"):
        full(1, UNITS["eur"], "fr")


def test_every_language_says_everything():
    assert LANGS == i18n.LANGUAGES
    for language in LANGUAGES.values():
        assert {unit.symbol for unit in UNITS.values()} - {""} == set(language.symbols)
        assert {unit.word for unit in UNITS.values()} - {""} == set(language.words)


def test_lists_and_signs():
    assert [formats.listing(items, "it") for items in ([], ["a"], ["a", "b"], "abc")] == ["", "a", "a e b", "a, b e c"]
    assert formats.listing(("a", 2, "c"), "en") == "a, 2 and c"
    assert [formats.plotly_separators(lang) for lang in ("it", "en")] == [",.", ".,"]


@given(cents)
def test_money_reads_back_in_both_languages(amount):
    italian, english = (plain(full(amount, UNITS["eur"], lang)) for lang in ("it", "en"))
    text = english.replace("€", "").replace(",", "").replace("−", "-")
    assert Decimal(text) == amount
    assert Decimal(italian.removesuffix(" €").replace(".", "").replace(",", ".").replace("−", "-")) == amount


@given(st.decimals(0, 10**6, places=4))
def test_half_is_rounded_up(value):
    expected = int(Fraction(value) + Fraction(1, 2))
    assert full(value, UNITS["count"], "en").replace(",", "") == str(expected)
    assert Decimal(expected) == value.quantize(Decimal(1), ROUND_HALF_UP)


@given(cents, st.sampled_from(LANGS))
def test_no_breaking_space_and_no_hyphen_in_a_number(amount, lang):
    for write in (full, short, estimate, difference):
        for unit in NUMERIC:
            assert not set(write(amount, unit, lang)) & {" ", "-"}


@pytest.mark.parametrize(
    ("low", "high", "unit", "italian", "english"),
    [
        (
            0,
            2_300_000,
            "eur",
            "0 €|0,5 mln €|1,0 mln €|1,5 mln €|2,0 mln €|2,5 mln €",
            "€0|€0.5m|€1.0m|€1.5m|€2.0m|€2.5m",
        ),
        (0, 0.87, "share", "0 %|20 %|40 %|60 %|80 %|100 %", "0%|20%|40%|60%|80%|100%"),
        (-0.12, 0.33, "points", "−20|0|20|40", "−20|0|20|40"),
        (0, 1, "count", "0|1|2", "0|1|2"),
        (0, 47, "days", "0|10|20|30|40|50", "0|10|20|30|40|50"),
        (0, 48_000, "eur", "0 €|10 mila €|20 mila €|30 mila €|40 mila €|50 mila €", "€0|€10k|€20k|€30k|€40k|€50k"),
        (5_000, 0, "persons", "0|1.000|2.000|3.000|4.000|5.000", "0|1,000|2,000|3,000|4,000|5,000"),
    ],
)
def test_ticks(low, high, unit, italian, english):
    for lang, labels in (("it", italian), ("en", english)):
        assert "|".join(map(plain, formats.ticks(low, high, UNITS[unit], lang)[1])) == labels


@given(cents, cents, st.sampled_from(NUMERIC), st.sampled_from(LANGS))
def test_ticks_enclose_the_range_and_tell_positions_apart(one, other, unit, lang):
    low, high = sorted((one, other))
    positions, labels = formats.ticks(low, high, unit, lang)
    assert 3 <= len(positions) <= 6
    assert positions[0] <= float(low)
    assert float(high) <= positions[-1]
    assert len(set(labels)) == len(labels) == len(positions)
    assert all(type(position) is float for position in positions)


@pytest.mark.parametrize("nothing", [(None, None), (0, 0), (7, 7), (None, 3)])
@pytest.mark.parametrize("unit", NUMERIC, ids=lambda unit: unit.id)
def test_ticks_of_no_range(unit, nothing):
    positions, _ = formats.ticks(*nothing, unit, "it")
    assert 3 <= len(positions) <= 6


def test_time_ticks_carry_our_own_names():
    year = (date(2021, 1, 15), date(2021, 12, 3))
    assert formats.month_ticks(*year, "it")[1] == ["mar 2021", "mag 2021", "lug 2021", "set 2021", "nov 2021"]
    assert formats.quarter_ticks(*year, "it")[0] == ["2021-04-01", "2021-07-01", "2021-10-01"]
    assert [plain(label) for label in formats.quarter_ticks(*year, "en")[1]] == ["Q2 2021", "Q3 2021", "Q4 2021"]


@given(days, days, st.sampled_from((formats.month_ticks, formats.quarter_ticks)), st.sampled_from(LANGS))
def test_time_ticks_are_few_in_order_and_within_the_span(one, other, axis, lang):
    start, end = sorted((one, other))
    values, labels = axis(start, end, lang)
    assert len(values) == len(labels) <= formats.TIME_TICKS
    assert values == sorted(values)
    assert all(start.isoformat() <= value <= end.isoformat() for value in values)


@given(days)
def test_a_period_holds_its_days(when):
    for id in (
        f"{when:%Y}",
        f"{when:%Y}-Q{(when.month + 2) // 3}",
        f"{when:%Y}-H{(when.month + 5) // 6}",
        f"{when:%Y-M%m}",
    ):
        assert formats.period_start(id) <= when <= formats.period_end(id)
