"""The page of what has changed: its two days, its files, and how much it sends."""

from datetime import date

import pytest

from impact_analytics.queries import Asked
from impact_analytics.queries.sentences import report
from tests.pages.test_pages import opened, said
from tests.shipped import shipped

SLUG = "changes"


def test_the_first_day_is_a_year_before_unless_chosen():
    app = opened(SLUG, lang="en", programme="example", as_of="2022-03-31")
    assert ">31/03/2021</th>" in said(app)
    app.selectbox(key="since").set_value("2021-12-31").run()
    assert not app.exception
    assert ">31/12/2021</th>" in said(app)
    assert app.query_params["since"] == "2021-12-31"


def test_days_in_the_wrong_order_are_exchanged_with_a_sentence():
    app = opened(SLUG, lang="en", as_of="2020-12-01", since="2021-01-31")
    assert not app.exception
    assert "is after the day 01/12/2020" in said(app)
    assert "Endowment" in said(app)
    assert "as_of=2021-01-31" in said(app), "what is told is seen as of the later day"


@pytest.mark.parametrize(("lang", "sentence"), [("it", "Le due date coincidono"), ("en", "The two days are the same")])
def test_one_day_twice_is_one_sentence_without_files(lang, sentence):
    app = opened(SLUG, lang=lang, as_of="2021-01-31", since="2021-01-31")
    assert sentence in said(app)
    assert "<table" not in said(app)
    assert not app.get("download_button")


def test_a_long_topic_is_cut_and_says_how_much_is_left():
    app = opened(SLUG, lang="it", programme="example", as_of="2024-12-31", since="2020-12-31")
    found = report(Asked(shipped("example"), date(2024, 12, 31)), date(2020, 12, 31), "it")
    for section in found.sections:
        left = len(section.sentences) - 8
        if left > 1:
            assert f"e altre {left} frasi, nei file da scaricare" in said(app)
    assert len(said(app).encode()) < 45_000
