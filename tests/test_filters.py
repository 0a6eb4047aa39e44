"""A link is what the reader chose, no more: it reads back, and what it cannot say is answered, never raised."""

from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impact_analytics.filters import Choice, Filters, Rejected, from_pairs, link, to_pairs

CHOICES = (
    Choice("programme", "one", "alpha", ("alpha", "beta")),
    Choice("lang", "one", "it", ("it", "en")),
    Choice("as_of", "day", "2023-01-31"),
    Choice("territory", "many", options=("Z9", "A1", "M5")),
    Choice("without", "many"),
    Choice("tab", "one", "first", ("first", "second")),
    Choice("table", "one"),
    Choice("q", "text"),
)
IDS = [choice.id for choice in CHOICES]
TEXT = st.text(max_size=12)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)


def value_of(choice):
    if choice.kind == "day":
        return DAYS
    return st.sampled_from(choice.options) if choice.options else TEXT


CHOSEN = st.lists(st.sampled_from(CHOICES).flatmap(lambda choice: st.tuples(st.just(choice.id), value_of(choice))))
GARBAGE = st.lists(
    st.tuples(st.one_of(st.sampled_from(IDS), TEXT), st.one_of(TEXT, DAYS, st.sampled_from(["A1", "beta"])))
)


def pairs_of(address):
    return parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=False)


@given(st.one_of(CHOSEN, GARBAGE))
def test_a_link_reads_back_as_what_it_was_written_from(pairs):
    filters, _ = from_pairs(pairs, CHOICES)
    address = link("/page", filters, CHOICES)
    again, rejected = from_pairs(pairs_of(address), CHOICES)
    assert again == filters
    assert rejected == []
    assert link("/page", again, CHOICES) == address


@given(st.permutations([("territory", "A1"), ("territory", "Z9"), ("lang", "en"), ("q", "x"), ("as_of", "2020-02-29")]))
def test_a_link_is_the_same_in_whatever_order_it_was_chosen(pairs):
    filters, _ = from_pairs(pairs, CHOICES)
    assert link("/p", filters, CHOICES) == "/p?lang=en&as_of=2020-02-29&territory=Z9&territory=A1&q=x"


@given(GARBAGE)
def test_garbage_is_reported_and_what_remains_can_be_used(pairs):
    filters, rejected = from_pairs(pairs, CHOICES)
    for choice in CHOICES:
        chosen = filters.all(choice.id)
        assert all(value in choice.options for value in chosen if choice.options)
        assert choice.kind == "many" or len(chosen) <= 1
        assert choice.default not in chosen
    assert filters.day("as_of", date(2023, 1, 31))
    for one in rejected:
        assert (one.name, one.value) in pairs
    for name, value in pairs:
        told = value in filters.all(name) or any((one.name, one.value) == (name, value) for one in rejected)
        default = next((choice.default for choice in CHOICES if choice.id == name), None)
        assert told or value in ("", default)


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (("nobody", "1"), "unknown_name"),
        (("territory", "X"), "unknown_value"),
        (("lang", "de"), "unknown_value"),
        (("as_of", "2021-06-31"), "not_a_day"),
        (("as_of", "20210630"), "not_a_day"),
        (("as_of", "domani"), "not_a_day"),
        (("as_of", ""), "not_a_day"),
    ],
)
def test_what_cannot_be_used_is_left_out_with_its_reason(pair, reason):
    assert from_pairs([pair], CHOICES) == (Filters(), [Rejected(*pair, reason)])


@pytest.mark.parametrize("first", ["first", "second"])
def test_of_a_choice_that_is_repeated_the_first_value_counts(first):
    second = "second" if first == "first" else "first"
    filters, rejected = from_pairs([("tab", first), ("tab", first), ("tab", second)], CHOICES)
    assert filters.one("tab", "first") == first
    assert rejected == [Rejected("tab", second, "too_many")]


def test_a_choice_from_other_data_is_written_and_answered_not_raised():
    filters = Filters().having("territory", ["FROM_ELSEWHERE", "A1"])
    assert to_pairs(filters, CHOICES) == [("territory", "A1"), ("territory", "FROM_ELSEWHERE")]
    _, rejected = from_pairs(to_pairs(filters, CHOICES), CHOICES)
    assert rejected == [Rejected("territory", "FROM_ELSEWHERE", "unknown_value")]


def test_a_link_may_change_some_choices_and_take_others_out():
    filters = Filters().having("territory", ["A1"]).having("lang", ["en"])
    assert link("/p", filters, CHOICES, lang=None, tab="second", territory=["Z9", "M5"]) == (
        "/p?territory=Z9&territory=M5&tab=second"
    )
    assert link("/p", filters, CHOICES, lang=[], territory=None) == "/p"


def test_letters_that_an_address_may_not_hold_are_escaped():
    filters = Filters().having("q", ["a&b=c #è"])
    assert link("/p", filters, CHOICES) == "/p?q=a%26b%3Dc+%23%C3%A8"


def test_filters_are_read_by_id():
    filters = Filters().having("territory", ["A1", "A1", "Z9"]).having("as_of", ["2020-02-29"])
    assert filters.all("territory") == ("A1", "Z9")
    assert filters.one("territory") == "A1"
    assert filters.one("tab", "first") == "first"
    assert filters.day("as_of", date.min) == date(2020, 2, 29)
    assert filters.day("since", date.min) == date.min
    assert filters.where(["territory", "macro_area"]) == {"territory": ("A1", "Z9")}
    assert filters.having("territory", []).all("territory") == ()
