"""The page where sheets arrive: nothing is accepted that was not checked, and not by anybody else."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics import build, ingest, supplied
from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.ingest import Details, Draft, Preview
from impact_analytics.problems import Problem, Refused
from impact_analytics.queries import Value, changes
from impact_analytics.settings import PACKAGE
from impact_analytics.supplied import Damaged, Entry, Moved, Stored
from impact_analytics.ui import operators
from impact_analytics.ui.markup import escape
from impact_analytics.ui.operators import Visitor
from impact_analytics.ui.spec import pages

SLUG = "supply"
WORDS = pages()[SLUG].words("en")
SHEET = ("sheet <1>.xlsx", b"PK", "application/octet-stream")


def problem(severity, file, said, cell):
    return Problem(severity, "made_up", file, words={"it": f"it {said}", "en": said}, sheet="Financial", cell=cell)


def move(metric, before, after, basis="supplied"):
    return changes.Moved(Value(metric, before, basis), Value(metric, after, basis))


def judged(**others):
    return Preview(handed=(), details=Details(date(2031, 5, 2)), fingerprint="x", after=0, as_of=DAY, **others)


DAY = date(2031, 5, 3)
SHEET_ENTRY = Entry(
    action="accept",
    who="",
    at=datetime.now(UTC),
    files=(Stored.of(SHEET[0], SHEET[1]),),
    project_id="call-T01",
    period_id="2021-Q1",
    version=2,
    received_on=date(2031, 5, 2),
    protocol="P/7",
)
RIGHT = judged(
    drafts=(Draft(SHEET_ENTRY, {}),),
    problems=(problem("warning", SHEET[0], "falls <b>", "E9"),),
    moves=(move("funding", Decimal("5.00"), Decimal("5.00")), move("incurred", Decimal("100.00"), Decimal("250.50"))),
)
WRONG = judged(problems=(problem("error", "b.xlsx", "no amount", "E14"), problem("error", "a.xlsx", "no line", "C7")))


class Ingest:
    """The ingest as far as the page asks it, and what it was asked."""

    def __init__(self, monkeypatch):
        self.found, self.refused, self.asked, self.accepted = RIGHT, None, [], []
        for name in ("preview", "accept"):
            monkeypatch.setattr(ingest, name, getattr(self, name))

    def preview(self, folder, handed, details):
        self.asked.append((folder.name, [(file.name, file.content) for file in handed], details))
        return self.found

    def accept(self, folder, preview, who):
        if self.refused:
            raise self.refused
        self.accepted.append((folder.name, preview, who))
        return (Entry(number=7, action="accept", who=who, at=datetime.now(UTC)),)


@pytest.fixture
def fake(at_the_machine, example_folder, cache, monkeypatch):
    """A page on a folder of its own, whose ingest the test decides."""
    monkeypatch.setenv("IMPACT_DATA", str(example_folder.path.parent))
    made = Ingest(monkeypatch)
    made.folder = example_folder.path
    return made


def opened(lang="en"):
    app = AppTest.from_file(str(PACKAGE / "ui" / "frame.py"), default_timeout=60)
    app.query_params["lang"] = lang
    app.switch_page(f"../../pages/{pages()[SLUG].script.name}")
    return app.run()


def checked(app, *files):
    app.file_uploader[0].set_value(list(files or [SHEET])).run()
    app.button(key="check").click().run()
    assert not app.exception
    return app


def said(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def keys(app):
    return {button.key for button in app.button}


def test_nothing_is_asked_before_the_button(fake):
    app = opened()
    assert app.button(key="check").disabled
    app.file_uploader[0].set_value([SHEET]).run()
    assert not app.button(key="check").disabled
    assert WORDS["not_checked"] in said(app)
    assert fake.asked == []
    assert "accept" not in keys(app)


def test_the_check_is_asked_with_everything_that_was_handed_in(fake):
    app = opened()
    app.date_input(key="received_on").set_value(date(2021, 3, 9))
    app.text_input(key="protocol").set_value(" P/7 ")
    checked(app)
    folder, handed, details = fake.asked[0]
    assert (folder, handed) == ("example", [(SHEET[0], SHEET[1])])
    assert (details.received_on, details.protocol) == (date(2021, 3, 9), "P/7")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_errors_stand_by_file_in_sentences_and_there_is_no_button(fake, lang):
    fake.found = WRONG
    app = checked(opened(lang))
    shown = said(app)
    for expected in WRONG.problems:
        assert escape(expected.sentence(lang).partition(", ")[2][1:]) in shown
    assert shown.index("a.xlsx") < shown.index("b.xlsx")
    assert pages()[SLUG].words(lang)["error"] in shown
    assert "accept" not in keys(app)


def test_warnings_leave_the_button_and_text_stays_text(fake):
    app = checked(opened())
    shown = said(app)
    assert "falls &lt;b&gt;" in shown
    assert "sheet &lt;1&gt;.xlsx" in shown
    assert "<b>" not in shown.replace('<b class="mark', "")
    assert "accept" in keys(app)


def test_every_headline_figure_is_shown_before_and_after_those_that_move_first(fake):
    shown = said(checked(opened()))
    row = shown[shown.index(">Expenditure incurred<") :]
    assert row.index("€100.00") < row.index("€250.50") < row.index("+€150.50") < row.index(WORDS["unchanged"])


def test_what_would_change_nothing_cannot_be_accepted(fake):
    fake.found = replace(RIGHT, drafts=())
    app = checked(opened())
    assert WORDS["nothing_found"] in said(app)
    assert "accept" not in keys(app)


def test_a_mapping_is_handed_over_as_one(fake):
    mapping = ("columns.toml", b'table = "sheet"', "application/toml")
    checked(opened(), SHEET, mapping)
    _, handed, details = fake.asked[0]
    assert [name for name, _ in handed] == [SHEET[0]]
    assert (details.mapping.name, details.mapping.content) == mapping[:2]


def test_what_is_refused_at_the_last_moment_is_told(fake):
    fake.refused = Refused("example", WRONG.problems)
    app = checked(opened())
    app.button(key="accept").click().run()
    assert not app.exception
    assert escape(WRONG.problems[0].sentence("en")) in said(app)


@pytest.mark.parametrize("change", ["file", "day", "protocol"])
def test_a_check_counts_only_for_what_was_checked(fake, change):
    app = checked(opened())
    if change == "file":
        app.file_uploader[0].set_value([(SHEET[0], b"other", SHEET[2])]).run()
    elif change == "day":
        app.date_input(key="received_on").set_value(date(2020, 1, 1)).run()
    else:
        app.text_input(key="protocol").set_value("P/8").run()
    assert "accept" not in keys(app)
    assert WORDS["not_checked"] in said(app)


def test_accepting_says_its_number_leads_to_the_overview_and_empties_the_box(fake):
    app = checked(opened())
    app.button(key="accept").click().run()
    assert fake.accepted == [("example", RIGHT, "local")]
    assert WORDS["accepted"].format(numbers=7) in said(app)
    assert 'href="/?lang=en"' in said(app) or 'href="/"' in said(app)
    assert app.file_uploader[0].value in (None, [])
    assert "accept" not in keys(app)


def test_an_entry_that_came_first_is_told_and_nothing_is_lost(fake):
    fake.refused = Moved("moved", programme="example", number=3)
    app = checked(opened())
    app.button(key="accept").click().run()
    assert not app.exception
    assert escape(fake.refused.sentence("en")) in said(app)
    assert app.file_uploader[0].value


def test_who_is_no_operator_any_more_accepts_nothing_although_the_button_is_shown(fake, monkeypatch):
    app = checked(opened())
    monkeypatch.setattr(operators, "visitor", Visitor)
    app.button(key="accept").click().run()
    assert not app.exception
    assert fake.accepted == []
    assert f'<h1 class="title">{WORDS["title"]}</h1>' not in said(app)


@pytest.fixture
def log(fake):
    """A log with one acceptance, and the snapshot built from it."""
    content = b"gap_id,position,page,title_it,title_en,reason_it,reason_en\nnew,9,data,T,T,R,R\n"
    stored = Stored.of("a & b.csv", content, table="gap")
    draft = Entry(
        action="accept",
        who="anna@office.org",
        at=datetime(2031, 5, 2, 9, 30, tzinfo=UTC),
        files=(stored,),
        project_id="call-T01",
        period_id="2021-Q1",
        received_on=date(2031, 5, 1),
        protocol="P/7",
    )
    supplied.append(fake.folder, draft, {stored.sha256: (content, ".csv")}, 0)
    build.build(fake.folder)
    return fake.folder


def test_the_log_shows_an_acceptance(log):
    shown = said(opened())
    for expected in (
        "anna@office.org",
        "a &amp; b.csv",
        "call-T01",
        "2021-Q1",
        "01/05/2031",
        "02/05/2031 09:30",
        "P/7",
    ):
        assert expected in shown, expected


def withdrawn(app, reason):
    app.selectbox(key="withdraw_number").set_value("1")
    app.text_input(key="withdraw_reason").set_value(reason)
    next(button for button in app.button if button.label == WORDS["withdraw"]).click().run()
    assert not app.exception
    return said(app)


def test_withdrawing_is_one_more_entry_with_its_reason(log):
    shown = withdrawn(opened(), "wrong quarter <i>")
    assert WORDS["withdrawn"].format(numbers=2) in shown
    assert escape(WORDS["state_withdrawn"].format(number=2, reason="wrong quarter <i>")) in shown
    assert [(entry.action, entry.who, entry.withdrawn) for entry in supplied.entries(log)][1] == (
        "withdraw",
        "local",
        1,
    )
    assert supplied.standing(log) == []


def test_withdrawing_without_a_reason_is_refused(log):
    shown = withdrawn(opened(), " ")
    assert escape(text("supplied", "no_reason", "en", programme="example", number=1)) in shown
    assert len(supplied.entries(log)) == 1


def test_withdrawing_by_who_is_no_operator_any_more_is_refused(log, monkeypatch):
    app = opened()
    monkeypatch.setattr(operators, "visitor", Visitor)
    withdrawn(app, "reason")
    assert len(supplied.entries(log)) == 1


def test_a_damaged_log_is_told(log):
    next((log / "supplied" / "files").iterdir()).write_bytes(b"other")
    with pytest.raises(Damaged) as damaged:
        supplied.entries(log)
    app = opened()
    assert not app.exception
    assert escape(damaged.value.sentence("en")) in said(app)
