"""What a `status.toml` may say, the sentence for what it may not, and where that is told."""

from datetime import date
from decimal import Decimal

import pytest

from impact_analytics import build, status
from impact_analytics.cli import main
from impact_analytics.i18n import TEXTS, words
from impact_analytics.problems import Refused
from impact_analytics.programme import parse
from impact_analytics.semantics import lacking, metrics
from impact_analytics.starter import write
from impact_analytics.status import Rule, can_be_asked, grade_of, judged, read, to_lift
from tests.shipped import shipped

PROGRAMME = parse(
    """
basis = "supplied"
status = "open"
default_as_of = 2031-12-31
call = "kald_1"
name = { it = "Ør", en = "Ør" }
title = { it = "Ør", en = "Ør" }
thresholds = { gap_late_points = 20, request_days = 60 }
[grounds]
request_days = { it = "art. 9", en = "Art. 9" }
""",
    "oer",
)
RULE = status.SAMPLE
SECOND = RULE.replace('id = "sheets"', 'id = "other"')
BROKEN = {
    # key of the sentence: the file, what the English sentence says
    "encoding": (RULE.encode("utf-16"), "not UTF-8."),
    "toml": (RULE + "[[rules]", "not valid TOML ("),
    "no_rules": ("[rules]\nid = 1", "holds no rules."),
    "top": ("colour = 1\n" + RULE, "colour is not foreseen outside the rules."),
    "missing": (RULE.replace("lift.", "#").replace("metric =", "#"), "rule “sheets”: metric, lift missing."),
    "unknown": (RULE + 'colour = "red"', "rule “sheets”: colour is not a known key."),
    "id": (RULE.replace('"sheets"', '"Sheets!"'), "rule “Sheets!”: the id is written with"),
    "twice": (RULE + RULE, "rule “sheets”: the id stands more than once."),
    "choice": (RULE.replace('"late"', '"bad"'), "rule “sheets”: grade is “bad”; it must be one of late, watch."),
    "metric": (RULE.replace("sheets_missing", "sheets_lost"), "rule “sheets”: metric is “sheets_lost”, which is no"),
    "metric_of_project": (RULE.replace("sheets_missing", "endowment"), "metric is “endowment”, which has no number"),
    "threshold": (
        RULE.replace("threshold = 3", "threshold = [3]"),
        "rule “sheets”: threshold is “[3]”; write a number",
    ),
    "threshold_name": (
        RULE.replace("threshold = 3", 'threshold = "many"'),
        "threshold is “many”, which is no threshold of programme.toml. Choose one of gap_late_points, request_days",
    ),
    "share": (
        RULE.replace("sheets_missing", "expenditure_progress").replace("threshold = 3", "threshold = 60"),
        "rule “sheets”: threshold is “60”; a share is written 0.6",
    ),
    "words": (RULE.replace("means.it =", "#"), "rule “sheets”: means must hold a text for each language (it, en)."),
    "lift": (RULE.replace("missing: {amount}", "missing"), "rule “sheets”: lift must hold {amount} once"),
    "order": (SECOND.replace('"late"', '"watch"') + RULE, "rule “sheets”: grade is “late” but it follows a rule with"),
}
SENTENCES = {key for key in words(TEXTS / "status.toml", "en") if not key.startswith("comparison_")}


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "oer", date(2031, 5, 17))
    path = tmp_path / "oer" / "programme.toml"
    settings = (
        path.read_text(encoding="utf-8")
        .replace("# gap_late", "gap_late")
        .replace("# request_days = 60", "request_days = 60")
    )
    path.write_text(settings, encoding="utf-8")
    return tmp_path / "oer"


def put(folder, content):
    (folder / "status.toml").write_bytes(content if isinstance(content, bytes) else content.encode())


def test_every_sentence_has_its_broken_file():
    assert set(BROKEN) == SENTENCES


@pytest.mark.parametrize("key", sorted(SENTENCES - {"encoding"}))
def test_what_cannot_be_used_is_told_in_both_languages(key):
    content, said = BROKEN[key]
    rules, faults = read(content, PROGRAMME)
    assert rules == ()
    fault = next(one for one in faults if one.key == key)
    assert said in fault.sentence("en") == str(fault) != fault.sentence("it")


@pytest.mark.parametrize("key", ["encoding", "choice"])
def test_a_folder_with_broken_rules_is_told_and_not_built(folder, capsys, cache, key):
    content, said = BROKEN[key]
    put(folder, content)
    with pytest.raises(Refused) as refused:
        build.build(folder)
    problem = next(one for one in refused.value.problems if one.severity == "error")
    assert problem.sentence("en").startswith("oer/status.toml: ")
    assert said in problem.sentence("en")
    assert main(["--lang", "it", "check", str(folder)]) == 1
    assert problem.sentence("it") in capsys.readouterr().out


def test_every_fault_is_told_at_once():
    broken = (
        RULE.replace('"late"', '"bad"').replace("sheets_missing", "nix").replace("threshold = 3", 'threshold = "x"')
    )
    rules, faults = read(broken, PROGRAMME)
    assert rules == ()
    assert [fault.key for fault in faults] == ["choice", "metric", "threshold_name"]


@pytest.mark.parametrize(
    "lift", ["{amount} {amount}", "{value}", "{amount} {value}", "{amount", "amount}", "{amount!r}", ""]
)
def test_a_text_with_another_place_is_refused(lift):
    _, faults = read(RULE.replace("fewer sheets missing: {amount}", lift), PROGRAMME)
    assert [fault.key for fault in faults] in (["lift"], ["words"])


@pytest.mark.parametrize("told", ["true", "nan", "inf", "2031-01-01", '""', '"-"', '"--request_days"'])
def test_a_threshold_that_is_no_number_is_refused(told):
    _, faults = read(RULE.replace("threshold = 3 ", f"threshold = {told} "), PROGRAMME)
    assert [fault.key for fault in faults][:1] in (["threshold"], ["threshold_name"])


def test_a_rule_takes_a_threshold_of_the_programme_with_its_ground():
    content = RULE.replace("threshold = 3 ", 'threshold = "request_days" ').replace("ground.", "#")
    (rule,), faults = read(content, PROGRAMME)
    assert not faults
    assert (rule.threshold, rule.named, rule.ground["it"]) == (60, "request_days", "art. 9")


def test_points_are_written_as_they_are_read():
    content = RULE.replace("sheets_missing", "gap").replace("threshold = 3 ", 'threshold = "-gap_late_points" ')
    assert read(content, PROGRAMME)[0][0].threshold == Decimal("-0.2")
    assert read(content.replace('"-gap_late_points"', "-7.5"), PROGRAMME)[0][0].threshold == Decimal("-0.075")


def test_no_file_is_no_rule(folder, cache):
    assert read("", PROGRAMME) == read(" \n", PROGRAMME) == ((), ())
    assert build.build(folder).note("status") == ""


def test_a_snapshot_keeps_the_rules_it_was_built_with(folder, cache):
    put(folder, RULE)
    before = build.build(folder)
    put(folder, RULE.replace("threshold = 3 ", "threshold = 5 "))
    after = build.build(folder)
    assert before.id != after.id
    assert "threshold = 3 " in before.note("status")
    assert "threshold = 5 " in after.note("status")


def test_the_metrics_that_can_be_asked_are_those_split_by_project():
    columns = shipped("example").columns
    for name, metric in metrics().items():
        assert can_be_asked(name) == (metric.unit != "date" and not lacking(name, ["project"], columns)), name


# ---------------------------------------------------------------- judging


def rule(id="r", grade="late", *, comparison="over", threshold="10", metric="sheets_missing", empty="not_known"):
    return Rule(id, grade, metric, comparison, Decimal(threshold), empty=empty)


@pytest.mark.parametrize(
    ("comparison", "value", "fired", "amount"),
    [
        ("over", 10, False, None), ("over", 11, True, 1), ("over", 13, True, 3),
        ("at_least", 9, False, None), ("at_least", 10, True, 1), ("at_least", 12, True, 3),
        ("under", 10, False, None), ("under", 9, True, 1), ("under", 4, True, 6),
        ("at_most", 11, False, None), ("at_most", 10, True, 1), ("at_most", 4, True, 7),
    ],
)  # fmt: skip
def test_a_rule_fires_and_says_by_how_much(comparison, value, fired, amount):
    verdict = judged(rule(comparison=comparison), value)
    assert verdict.fired is fired
    assert not fired or verdict.amount == amount


@pytest.mark.parametrize(
    ("metric", "value", "threshold", "amount"),
    [
        ("uncovered_advance", Decimal("100000.01"), "100000", "0.01"),
        ("uncovered_advance", Decimal("185711.73"), "100000", "85711.73"),
        ("expenditure_progress", 0.61234, "0.6", "0.013"),
        ("gap", 0.2001, "0.2", "0.001"),
    ],
)
def test_what_is_missing_is_told_in_steps_that_suffice(metric, value, threshold, amount):
    assert judged(rule(metric=metric, threshold=threshold), value).amount == Decimal(amount)


def test_what_is_not_known_is_never_on_track():
    watch, fine = rule("w", "watch"), rule("f", empty="fine")
    assert grade_of([]) == "not_known"
    assert grade_of([judged(rule(), None)]) == "not_known"
    assert grade_of([judged(rule(), 1), judged(watch, None)]) == "not_known"
    assert grade_of([judged(rule(), None), judged(watch, 11)]) == "watch"
    assert grade_of([judged(rule(), 1), judged(fine, None)]) == "on_track"
    assert grade_of([judged(fine, None)]) == "not_known"


def test_the_first_rule_that_fires_decides_and_the_most_is_asked():
    late, watch = rule("l", "late", threshold="20"), rule("w", "watch")
    verdicts = [judged(late, 25), judged(watch, 25)]
    assert grade_of(verdicts) == "late"
    assert [(one.rule.id, one.amount) for one in to_lift(verdicts)] == [("w", 15)]
    assert to_lift([judged(late, 5), judged(watch, None)]) == []
