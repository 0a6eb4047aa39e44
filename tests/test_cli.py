"""The command line: what it prints, in both languages, and the code it ends with."""

import os
import subprocess
import sys
from datetime import date

import pytest

from impact_analytics.cli import main
from impact_analytics.queries import Asked
from impact_analytics.queries.sentences import plain, report
from impact_analytics.semantics import metrics
from impact_analytics.settings import ROOT
from impact_analytics.store import current


def run(*words, **environment):
    """Run the command as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "impact_analytics", *map(str, words)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_build_makes_a_snapshot_and_says_so(programme_folder, cache, capsys):
    assert main(["--lang", "it", "build", str(programme_folder.path)]) == 0
    snapshot = current("impact")
    assert capsys.readouterr().out == f"impact: versione {snapshot.id} pronta, {snapshot.note('rows')} righe.\n"
    assert main(["--lang", "en", "build", str(programme_folder.path)]) == 0
    assert capsys.readouterr().out == f"impact: snapshot {snapshot.id} ready, {snapshot.note('rows')} rows.\n"


def test_build_refuses_broken_files_names_them_and_goes_on(programme_folder, example_folder, cache, capsys):
    programme_folder.edit("funding", 1, {"amount_eur": "1.005"})
    assert main(["--lang", "it", "build", str(programme_folder.path), str(example_folder.path)]) == 1
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == (
        "ERRORE: impact/funding.csv, riga 3, colonna amount_eur: “1.005” ha più di due decimali e"
        " non viene arrotondato. Scrivere l'importo al centesimo."
    )
    assert second == "impact: non aggiornato; resta la versione precedente, se c'è."
    assert third.startswith("example: versione ")


CHECKED = {
    "it": ("ERRORE: impact/deadline.csv", "nota: impact/funding.csv", "impact: 1 errori, 0 avvertenze, 1 note."),
    "en": ("ERROR: impact/deadline.csv", "notice: impact/funding.csv", "impact: 1 errors, 0 warnings, 1 notices."),
}


@pytest.mark.parametrize("lang", CHECKED)
def test_check_names_errors_first_then_notices_and_ends_with_1(programme_folder, cache, capsys, lang):
    programme_folder.file("funding").write_text(programme_folder.text("funding"), encoding="utf-8-sig")
    programme_folder.edit("deadline", 1, {"ends_on": "2022-06-31"})
    assert main(["--lang", lang, "check", str(programme_folder.path)]) == 1
    first, second, counted = capsys.readouterr().out.splitlines()
    error, notice, count = CHECKED[lang]
    assert first.startswith(error)
    assert second.startswith(notice)
    assert counted == count
    assert not cache.exists(), "check builds nothing"


def test_check_ends_with_0_where_there_are_only_warnings(example_folder, capsys):
    assert main(["--lang", "en", "check", str(example_folder.path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("warning: example/") for line in lines[:-1])
    assert lines[-1] == f"example: 0 errors, {len(lines) - 1} warnings, 0 notices."


def test_a_folder_that_is_no_programme_is_named_and_the_others_are_judged(tmp_path, programme_folder, capsys):
    assert main(["--lang", "en", "check", str(tmp_path / "nowhere"), str(programme_folder.path)]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{tmp_path / 'nowhere'}: no programme.toml can be read there. Name a programme folder."
    assert second == "impact: 0 errors, 0 warnings, 0 notices."


def test_a_data_folder_without_programmes_is_said_to_be_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    assert main(["--lang", "it", "build"]) == 1
    assert str(tmp_path) in capsys.readouterr().out


def test_without_a_folder_every_programme_is_meant(programme_folder, example_folder, monkeypatch, capsys):
    monkeypatch.setenv("IMPACT_DATA", str(programme_folder.path.parent))
    assert main(["--lang", "en", "check"]) == 0
    counted = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if " errors, " in line]
    assert counted == ["impact", "example"]


def test_example_writes_a_programme_that_builds(tmp_path, cache, capsys):
    folder = tmp_path / "invented"
    assert main(["--lang", "it", "example", str(folder), "--seed", "3"]) == 0
    assert capsys.readouterr().out == f"Programma d'esempio scritto in {folder} (seme 3).\n"
    assert main(["--lang", "it", "build", str(folder)]) == 0
    assert current("invented").programme.is_example


@pytest.mark.parametrize("lang", ["it", "en"])
def test_glossary_prints_every_metric(capsys, lang):
    assert main(["--lang", lang, "glossary"]) == 0
    printed = capsys.readouterr().out
    for metric in metrics().values():
        said = metric.words(lang)
        assert f"{said['name']} ({metric.id})\n  {said['definition']}\n  {metric.formula}\n" in printed
        assert said.get("caveat", "") in printed


@pytest.mark.parametrize("words", [[], ["unheard"], ["--lang", "de", "check"], ["example", "a", "--seed", "x"]])
def test_a_command_that_does_not_exist_is_answered_with_the_usage(capsys, words):
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
    assert "usage: python -m impact_analytics" in capsys.readouterr().err


SAID = {
    "it": ("che cosa è cambiato dal 30/06/2019 al 30/06/2020", "- Progetti non rinunciati: da 20 a 19 (−1)"),
    "en": ("what has changed from 30/06/2019 to 30/06/2020", "- Projects not withdrawn: from 20 to 19 (−1)"),
}


@pytest.mark.parametrize("lang", SAID)
@pytest.mark.parametrize("days", [("2019-06-30", "2020-06-30"), ("2020-06-30", "2019-06-30")])
def test_diff_says_what_the_page_says_whichever_day_comes_first(programme_folder, cache, capsys, days, lang):
    assert main(["--lang", lang, "diff", *days, str(programme_folder.path)]) == 0
    printed = capsys.readouterr().out
    title, projects = SAID[lang]
    assert title in printed.splitlines()[0]
    assert projects in printed.splitlines()
    assert printed == plain(report(Asked(current("impact"), date(2020, 6, 30)), date(2019, 6, 30), lang)) + "\n"


def test_diff_without_a_folder_tells_of_every_programme(programme_folder, example_folder, cache, monkeypatch, capsys):
    monkeypatch.setenv("IMPACT_DATA", str(programme_folder.path.parent))
    assert main(["--lang", "en", "diff", "2021-12-31", "2022-03-31"]) == 0
    titles = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines() if "what has changed" in line]
    assert titles == ["IMPACT", "Example programme"]


def test_diff_names_a_word_that_is_no_day(programme_folder, capsys):
    assert main(["--lang", "en", "diff", "2021-06-31", "2022-03-31", str(programme_folder.path)]) == 1
    expected = "“2021-06-31” is not a day. Write it as year-month-day, for example 2021-12-31.\n"
    assert capsys.readouterr().out == expected


def test_diff_of_broken_files_names_what_is_wrong(programme_folder, cache, capsys):
    programme_folder.edit("funding", 1, {"amount_eur": "1.005"})
    assert main(["--lang", "en", "diff", "2019-06-30", "2020-06-30", str(programme_folder.path)]) == 1
    assert capsys.readouterr().out.startswith("ERROR: impact/funding.csv, row 3, column amount_eur")


# ---------------------------------------------------------------- in a process of its own


def test_build_and_check_as_a_person_runs_them(programme_folder, cache):
    built = run("--lang", "en", "build", programme_folder.path)
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.startswith("impact: snapshot ")
    assert (cache / "impact.current").is_file()
    programme_folder.file("source").write_bytes(b"")
    checked = run("--lang", "en", "check", programme_folder.path)
    assert (checked.returncode, checked.stderr) == (1, "")
    assert checked.stdout.startswith("ERROR: impact/source.csv: the file is empty.")


def test_the_language_is_that_of_the_terminal(programme_folder):
    programme_folder.file("source").write_bytes(b"")
    said = run("check", programme_folder.path, LC_ALL="it_IT.UTF-8").stdout
    assert said.startswith("ERRORE: impact/source.csv: il file è vuoto.")
    assert run("check", programme_folder.path, LC_ALL="C.UTF-8").stdout.startswith("ERROR: impact/source.csv")


def test_example_and_glossary_as_a_person_runs_them(tmp_path):
    written = run("--lang", "en", "example", tmp_path / "invented")
    assert (written.returncode, written.stderr) == (0, "")
    assert (tmp_path / "invented" / "programme.toml").is_file()
    printed = run("--lang", "en", "glossary")
    assert (printed.returncode, printed.stderr) == (0, "")
    assert len(printed.stdout.splitlines()) >= 3 * len(metrics())
