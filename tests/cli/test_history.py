"""The history in the terminal: who did what, in both languages, verified; and withdrawing."""

import getpass
import time
from datetime import UTC, date, datetime

import pytest

from impact_analytics import starter, supplied
from impact_analytics.cli import main
from impact_analytics.i18n import LANGUAGES
from impact_analytics.settings import terminal_user
from impact_analytics.store import current
from impact_analytics.supplied import Entry, Stored

SHEET = Stored.of("scheda O1.xlsx", b"s" * 1234)
ROWS = Stored.of("export.csv", b"rows", table="payment", mapping=Stored.of("", b"[map]").sha256)
CONTENTS = {
    SHEET.sha256: (b"s" * 1234, ".xlsx"),
    ROWS.sha256: (b"rows", ".csv"),
    ROWS.mapping: (b"[map]", ".toml"),
}
ABOUT = {"project_id": "kald_1-O1", "period_id": "2031-Q1", "version": 2, "received_on": date(2031, 4, 18)}


@pytest.fixture
def handed_in(tmp_path, monkeypatch, cache):
    """A programme with two acceptances, the second withdrawn, and the terminal an hour east of Greenwich."""
    folder = tmp_path / "oer"
    starter.write(folder, date(2031, 1, 1))
    at = datetime(2031, 4, 20, 23, 30, tzinfo=UTC)
    drafts = (
        Entry(action="accept", who="Ada", at=at, files=(SHEET,), protocol="N. 7", **ABOUT),
        Entry(action="accept", who="Bo", at=at, files=(ROWS,)),
        Entry(action="withdraw", who="Ada", at=at, withdrawn=2, reason="wrong table"),
    )
    for after, draft in enumerate(drafts):
        supplied.append(folder, draft, CONTENTS, after)
    return folder


PRINTED = {
    "it": """\
1 · {day} · Ada · accettazione
    scheda O1.xlsx (1.234 byte; sha256 {sheet})
    progetto kald_1-O1, periodo 2031-Q1, versione 2, pervenuta il 18 aprile 2031, protocollo N. 7
2 · {day} · Bo · accettazione
    export.csv (4 byte; sha256 {rows}), letto con il tracciato sha256 {mapping}
    RITIRATA con la registrazione 3
3 · {day} · Ada · ritiro della registrazione 2
    motivo: wrong table
oer: 3 registrazioni, integre; 1 accettazioni valide.
""",
    "en": """\
1 · {day} · Ada · acceptance
    scheda O1.xlsx (1,234 bytes; sha256 {sheet})
    project kald_1-O1, period 2031-Q1, version 2, received on 18 April 2031, protocol N. 7
2 · {day} · Bo · acceptance
    export.csv (4 bytes; sha256 {rows}), read through the mapping sha256 {mapping}
    WITHDRAWN with entry 3
3 · {day} · Ada · withdrawal of entry 2
    reason: wrong table
oer: 3 entries, whole; 1 acceptances stand.
""",
}
DAYS = {"it": "21 aprile 2031, 00:30 UTC+0100", "en": "21 April 2031, 00:30 UTC+0100"}


@pytest.fixture
def east(monkeypatch):
    """A terminal one hour east of Greenwich."""
    monkeypatch.setenv("TZ", "XXX-1")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_log_tells_every_entry_in_the_language_and_time_of_the_terminal(handed_in, capsys, east, lang):
    assert main(["--lang", lang, "log", str(handed_in)]) == 0
    hashes = {"sheet": SHEET.sha256, "rows": ROWS.sha256, "mapping": ROWS.mapping}
    assert capsys.readouterr().out == PRINTED[lang].format(day=DAYS[lang], **hashes)


@pytest.mark.parametrize(("lang", "said"), [("it", "manca"), ("en", "missing")])
def test_log_verifies_what_it_prints(handed_in, capsys, lang, said):
    next(path for path in (handed_in / "supplied").rglob("*.xlsx")).unlink()
    assert main(["--lang", lang, "log", str(handed_in)]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"oer/supplied/files/{SHEET.sha256}: {said}")


def test_log_of_every_programme_and_of_none(handed_in, tmp_path, monkeypatch, capsys):
    starter.write(tmp_path / "second", date(2031, 1, 1))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    assert main(["--lang", "en", "log"]) == 0
    *_, counted, nothing = capsys.readouterr().out.splitlines()
    assert counted.startswith("oer: 3 entries")
    assert nothing == "second: nothing has been accepted yet."
    assert main(["--lang", "en", "log", str(tmp_path / "nowhere")]) == 1
    assert "no programme.toml can be read there" in capsys.readouterr().out


def test_what_others_typed_cannot_steer_the_terminal(handed_in, capsys):
    draft = Entry(
        action="accept", who="E\x1b[2Jva\n9 · now · Ada · acceptance", at=datetime.now(UTC), protocol="\u202e7\a"
    )
    supplied.append(handed_in, draft, {}, 3)
    assert main(["--lang", "en", "log", str(handed_in)]) == 0
    printed = capsys.readouterr().out
    assert not {"\x1b", "\u202e", "\a"} & set(printed)
    assert sum(line.startswith("9 ·") for line in printed.splitlines()) == 0


# ---------------------------------------------------------------- withdraw


@pytest.mark.parametrize("lang", LANGUAGES)
def test_withdraw_adds_an_entry_and_builds(handed_in, capsys, lang):
    words = ["--lang", lang, "withdraw", "1", str(handed_in), "--reason", "wrong quarter", "--who", "Cy"]
    assert main(words) == 0
    said, built = capsys.readouterr().out.splitlines()
    assert said.startswith("oer: ")
    assert current("oer").id in built
    assert supplied.standing(handed_in) == []
    last = supplied.entries(handed_in)[-1]
    assert (last.number, last.withdrawn, last.reason, last.who) == (4, 1, "wrong quarter", "Cy")


def test_without_a_folder_the_only_programme_is_meant_and_the_user_of_the_system(handed_in, monkeypatch, capsys):
    monkeypatch.setenv("IMPACT_DATA", str(handed_in))
    assert main(["withdraw", "--reason", "wrong", "1"]) == 0
    assert supplied.entries(handed_in)[-1].who == terminal_user()


def test_without_a_folder_several_programmes_are_listed(handed_in, tmp_path, monkeypatch, capsys):
    starter.write(tmp_path / "second", date(2031, 1, 1))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    assert main(["--lang", "en", "withdraw", "1", "--reason", "wrong"]) == 1
    assert capsys.readouterr().out == f"Several programmes in {tmp_path}: oer, second. Name the folder of one.\n"
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "nowhere"))
    assert main(["--lang", "en", "withdraw", "1", "--reason", "wrong"]) == 1
    assert "no programme folder" in capsys.readouterr().out
    assert len(supplied.entries(handed_in)) == 3


@pytest.mark.parametrize(
    ("number", "reason", "said"),
    [
        ("2", "x", "was withdrawn before, with entry 3"),
        ("3", "x", "is no acceptance"),
        ("9", "x", "the history has no entry 9"),
        ("1", "  ", "the reason for withdrawing entry 1 is missing"),
    ],
)
def test_what_cannot_be_withdrawn_is_said_and_nothing_is_added(handed_in, capsys, number, reason, said):
    assert main(["--lang", "en", "withdraw", number, str(handed_in), "--reason", reason]) == 1
    assert said in capsys.readouterr().out
    assert len(supplied.entries(handed_in)) == 3


def test_a_folder_that_is_no_programme_has_nothing_to_withdraw(tmp_path, capsys):
    assert main(["--lang", "it", "withdraw", "1", str(tmp_path), "--reason", "x"]) == 1
    assert "Indicare la cartella di un programma" in capsys.readouterr().out


def test_a_withdrawal_needs_a_reason(handed_in, capsys):
    with pytest.raises(SystemExit):
        main(["withdraw", "1", str(handed_in)])
    assert "--reason" in capsys.readouterr().err


def test_a_system_that_does_not_know_its_user_says_so(monkeypatch):
    def nobody():
        raise KeyError

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert terminal_user() == "unknown"
