"""Changes in words: every kind in both languages, right plurals, the same text wherever it is read."""

from datetime import date
from decimal import Decimal

import pytest

from impact_analytics.i18n import LANGUAGES, texts
from impact_analytics.queries import Asked
from impact_analytics.queries.changes import TOPICS, Change, changes
from impact_analytics.queries.sentences import COUNTED, SUMS, Sentence, plain, report, told
from impact_analytics.ui.spec import pages
from tests.shipped import shipped

WHOLE = date(2010, 1, 1), date(2030, 1, 1)
DAYS = ("term_", "limit_")


def made(kind, **others):
    """A change with every part that a sentence may name."""
    dated = kind.startswith(DAYS)
    parts = {
        "topic": "sheets",
        "kind": kind,
        "known_on": date(2022, 1, 20),
        "reference": "one",
        "basis": "example",
        "source": "A source",
        "url": "",
        "territory": "T01",
        "number": 2,
        "variant": {"corrected": "incurred"}.get(kind, "incurred" if kind.startswith("limit") else "advance"),
        "before": date(2021, 6, 30) if dated else Decimal("10.00"),
        "after": date(2022, 6, 30) if dated else Decimal("12.50"),
        "unit": "date" if dated else "eur",
        "action_line": "01",
        "title_it": "Un titolo",
        "title_en": "A title",
    }
    return Change(**(parts | others))


def said(kind, lang, *changes_of):
    return Sentence(shipped("example"), lang, changes_of or (made(kind),))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", texts("changes", "en")["said"])
def test_every_kind_can_be_said_of_one_and_of_several(kind, lang):
    one, other = made(kind), made(kind, reference="two", territory="T02")
    for sentence in (said(kind, lang, one), said(kind, lang, one, other)):
        assert "{" not in sentence.text
        assert "None" not in sentence.text
        assert sentence.head
        assert sentence.body


def test_every_kind_of_every_programme_has_words():
    for programme in ("example", "impact"):
        for change in changes(Asked(shipped(programme), WHOLE[1]), WHOLE[0]):
            for lang in LANGUAGES:
                assert ": " in Sentence(shipped(programme), lang, (change,)).text
    kinds = set(texts("changes", "it")["said"])
    assert set(COUNTED) <= kinds
    assert {kind for of_sum in SUMS.values() for kind in of_sum} <= kinds
    assert set(SUMS) == set(texts("changes", "it")["sums"])
    assert set(TOPICS) == set(texts("changes", "it")["topics"])


@pytest.mark.parametrize(
    ("lang", "count", "expected"),
    [
        ("it", 1, "IV trim. 2021: 1 scheda pervenuta nei termini (Territorio 01)"),
        ("it", 3, "IV trim. 2021: 3 schede pervenute nei termini"),
        ("en", 1, "Q4 2021: 1 sheet received in time (Territory 01)"),
        ("en", 3, "Q4 2021: 3 sheets received in time"),
    ],
)
def test_sheets_are_counted_by_period(lang, count, expected):
    found = [made("received", reference=f"s{n}", period_id="2021-Q4", unit=None) for n in range(count)]
    (sentence,) = told(shipped("example"), lang, found)
    assert sentence.text.replace("\u00a0", " ") == expected


CORRECTED = {
    "it": ("spesa sostenuta +2,50 € (Azione 01)", "Un titolo da 3 a 5 (+2)"),
    "en": ("expenditure incurred +€2.50 (Action 01)", "A title from 3 to 5 (+2)"),
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_correction_names_each_figure_and_by_how_much(lang):
    figures = [
        made("corrected", period_id="2021-Q4"),
        made("corrected", period_id="2021-Q4", variant="indicator", before=3, after=5, unit="count"),
    ]
    (sentence,) = told(shipped("example"), lang, figures)
    assert sentence.text.replace("\u00a0", " ").endswith(": " + "; ".join(CORRECTED[lang]))
    assert sentence.count == 1


def test_terms_say_months_and_money():
    asked = Asked(shipped("impact"), date(2021, 1, 31))
    found = plain(report(asked, date(2020, 12, 1), "it")).replace("\u00a0", " ")
    assert "14/12/2020 · Tutti i progetti: termine delle attività spostato dal 30/06/2021 al 30/06/2022" in found
    assert "(+12 mesi, proroga onerosa) · Decreto del 14/12/2020" in found
    assert "(+6 mesi, proroga di tipo non noto), atto non trovato" in found
    assert "Dotazione finanziaria: aumento, importo non pubblico" in found
    assert "Soggetti nominati: da 112 a 123 (+11)" in found


def test_a_day_known_to_the_month_is_not_invented():
    asked = Asked(shipped("impact"), date(2020, 6, 30))
    assert "- 09/2019 · P.A. Trento: " in plain(report(asked, date(2019, 6, 30), "it"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_changed_is_a_sentence(lang):
    same = report(Asked(shipped("impact"), date(2021, 1, 31)), date(2021, 1, 31), lang)
    none = report(Asked(shipped("impact"), date(2013, 1, 31)), date(2013, 1, 1), lang)
    assert same.nothing
    assert none.nothing
    assert same.nothing != none.nothing
    assert plain(same).endswith(f"{same.nothing}\n")


def test_the_text_says_how_it_is_narrowed_and_that_it_is_invented():
    asked = Asked(shipped("example"), date(2022, 3, 31), (("territory", ("T01",)),))
    lines = plain(report(asked, date(2021, 12, 31), "en")).splitlines()
    assert lines[0] == "EXAMPLE, invented values"
    assert lines[1] == "Example programme: what has changed from 31/12/2021 to 31/03/2022"
    assert lines[2] == "Selection: Territory 01."


def test_sentences_lead_to_pages_that_exist():
    for programme in ("example", "impact"):
        found = report(Asked(shipped(programme), WHOLE[1]), WHOLE[0], "en")
        views = {sentence.view[0] for section in found.sections for sentence in section.sentences}
        assert views - {""} <= set(pages())
        assert len(views) > 3


def test_sums_add_up_what_is_told_one_by_one():
    found = report(Asked(shipped("example"), date(2024, 12, 31)), date(2023, 12, 31), "en")
    requests = next(section for section in found.sections if section.topic == "requests")
    total = next(one for one in requests.sentences if one.sum_id == "submitted")
    singles = [one for one in requests.sentences if one.changes[0].kind == "submitted" and not one.sum_id]
    assert total.count == len(singles)
    assert sum(change.after for change in total.changes) == sum(one.changes[0].after for one in singles)
    assert requests.count == sum(one.count for one in requests.sentences if not one.sum_id)
