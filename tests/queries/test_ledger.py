"""The deadline ledger: its sentences and counts are put together here once more from a slow reading of the raw rows."""

import random
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from impact_analytics.queries import Asked, deadlines, ledger
from impact_analytics.settings import ROOT
from tests.oracle import Oracle
from tests.queries.test_deadlines import raw_rows, since, slow
from tests.shipped import shipped

ORACLE = Oracle(ROOT / "data" / "example")
DRAWN = random.Random(41)
DAYS = sorted(date(2019, 8, 1) + timedelta(days=n) for n in DRAWN.sample(range(2100), 30))
TYPES = {"with_money": ("oneroso", "onerosi"), "without_money": ("non oneroso", "non onerosi")}
DAYS += [date(2019, 9, 20), date(2024, 5, 1)]  # no term yet; a term possible
PROJECTS, DECISIONS, SHEETS, ENDS = raw_rows()
each_day = pytest.mark.parametrize("day", DAYS, ids=str)


def read(day, where=()):
    """Return what the raw rows say of each project's term on a day, by id, with its name and decision."""
    kept = dict(where)
    found = {}
    for row in PROJECTS:
        inside = ORACLE.inside(row["project_id"], kept)
        if row["known_from"] <= day and inside:
            place = ORACLE.one("territory", "territory", row["territory"])
            told = slow(row, day, DECISIONS, SHEETS, ENDS)
            found[row["project_id"]] = told | {"label": place["name_it"], "raw": row, "decision": in_force(row, day)}
    return found


def in_force(project, day):
    until = min(day, project["withdrawn_on"] or day)
    mine = [row for row in DECISIONS if row["project_id"] in (None, project["project_id"]) and since(row) <= until]
    return max(mine, key=lambda row: (since(row), row["project_id"] is not None, row["ends_on"]), default=None)


def written(when):
    return when.strftime("%d/%m/%Y")


def counted(count, one, many):
    return f"{count} {one if count == 1 else many}"


def split(told):
    parts = [counted(told[f"{name}_months"], *words) for name, words in TYPES.items() if told[f"{name}_months"]]
    return ", ".join(parts + ([f"{told['not_known_months']} di tipo non noto"] if told["not_known_months"] else []))


def possibly(found):
    terms = [told["possible_term_on"] for told in found if told["possible_term_on"]]
    return f"; forse già {written(max(terms))}, con atto non trovato" if terms else ""


def plain_project(told, day):
    head, term = f"{told['label']}: ", told["term_on"]
    if told["withdrawn_on"]:
        before = (
            f"; il termine allora vigente era il {written(term)}."
            if term
            else ", quando nessun termine era ancora attestato."
        )
        return f"{head}rinuncia ({written(told['withdrawn_on'])}){before}"
    if not term:
        return f"{head}al {written(day)} nessun termine è attestato{possibly([told])}."
    act = ORACLE.one("act", "act_id", told["act_id"]).get("short_it") or "attestato, senza atto"
    moved = "non spostato dal primo termine attestato"
    if split(told):
        months = counted(told["moved_months"], "mese", "mesi")
        moved = f"spostato di {months} dal primo termine attestato, il {written(told['first_term_on'])} ({split(told)})"
    end = told["ended_on"] or told["expected_end_on"]
    late = "ritardo residuo non noto: nessuna fonte indica una fine reale o prevista"
    if end:
        days = told["residual_days"]
        late = f"ritardo residuo di {counted(days, 'giorno', 'giorni')}" if days else "nessun ritardo residuo"
        late += f", fine {'reale' if told['ended_on'] else 'prevista'} {written(end)}"
    act = "atto non trovato" if told["act_not_found"] else act
    return (
        f"{head}al {written(day)} il termine vigente è il {written(term)} ({act}), {moved}; {late}{possibly([told])}."
    )


def plain_all(found, label, day):
    active = [told for told in found if not told["withdrawn_on"]]
    terms = [told["term_on"] for told in active if told["term_on"]]
    head = f"{label}: al {written(day)} "
    if not terms:
        return head + (f"nessun termine è attestato{possibly(active)}." if active else "nessun progetto è attivo.")
    last, number = max(terms), len(active)
    far = " più lontano" if len(set(terms)) > 1 else ""
    here = terms.count(last)
    of = f" per {here} dei {number} progetti attivi" if here < number else f" per tutti i {number} progetti attivi"
    of = " per l'unico progetto attivo" if here == number == 1 else of
    others = [f"{written(term)} per {terms.count(term)}" for term in sorted(set(terms) - {last}, reverse=True)]
    others += [f"nessun termine attestato per {number - len(terms)}"] if len(terms) < number else []
    rest = f" ({'; '.join(others)})" if others else ""
    text = f"{head}il termine vigente{far} è il {written(last)}{of}{rest}, {all_moved(active)}; {all_late(active)}"
    return f"{text}{possibly(active)}."


def all_moved(active):
    months = [
        (
            told["moved_months"],
            told["with_money_months"],
            told["without_money_months"],
            told["not_known_months"],
            split(told),
        )
        for told in active
        if told["term_on"]
    ]
    whole, *_, parts = max(months)
    if not parts:
        return "non spostato dal primo termine attestato"
    return f"spostato {'' if len(set(months)) == 1 else 'al più '}di {counted(whole, 'mese', 'mesi')} ({parts})"


def all_late(active):
    known = [told for told in active if told["residual_days"] is not None]
    if not known:
        return "ritardo residuo non noto: nessuna fonte indica una fine reale o prevista"
    late = sorted((-told["residual_days"], told["label"]) for told in known if told["residual_days"])
    number = counted(len(known), "progetto", "progetti")
    if not late:
        return f"nessun ritardo residuo ({number} di cui è nota la fine)"
    days = counted(-late[0][0], "giorno", "giorni")
    return f"ritardo residuo per {len(late)} su {number} di cui è nota la fine, al più di {days} ({late[0][1]})"


def bare(sentence):
    return sentence.replace("\u00a0", " ")


# ---------------------------------------------------------------- sentences


@each_day
def test_the_sentence_of_each_project(day):
    asked, found = Asked(shipped("example"), day), read(day)
    said = {id: bare(sentence) for id, sentence in ledger.of_projects(asked, "it").items()}
    assert said == {id: plain_project(told, day) for id, told in found.items()}
    for id in list(found)[:3]:
        assert bare(ledger.of_project(asked, id, "it")) == said[id]


@each_day
@pytest.mark.parametrize(
    "where", [(), (("territory", ("T03", "T15", "T20")),), (("territory", ("T05",)),)], ids=["all", "three", "one"]
)
def test_the_sentence_of_all_that_is_asked_for(day, where):
    asked, found = Asked(shipped("example"), day, where), read(day, where)
    assert bare(ledger.of_all(asked, "Tutti", "it")) == plain_all(list(found.values()), "Tutti", day)


@each_day
def test_the_sentence_of_each_line_is_of_the_projects_with_funds_on_it(day):
    lines = [row["action_line"] for row in ORACLE.typed("action_line")]
    said = {
        line: bare(told) for same, told in ledger.of_lines(Asked(shipped("example"), day), lines, "it") for line in same
    }
    found, funded = read(day), {id: ORACLE.budget(id, day) for id in ORACLE.projects()}
    assert list(said) == lines
    for line in lines:
        of_line = [told for id, told in found.items() if funded[id].get(line)]
        expected = plain_all(of_line, "Progetti con risorse su questa linea", day)
        if not of_line:
            anywhere = any(amount for one in funded.values() for amount in one.values())
            expected = "A questa data nessun progetto ha risorse su questa linea."
            expected = expected if anywhere else "Non è noto quali progetti abbiano risorse su questa linea."
        assert said[line] == f"i termini valgono per l'intero progetto. {expected}"


@pytest.mark.parametrize("programme", ["example", "impact"])
@pytest.mark.parametrize("day", DAYS[::6], ids=str)
def test_both_languages_say_the_same_figures(programme, day):
    asked = Asked(shipped(programme), day)
    italian, english = (figures(asked, lang) for lang in ("it", "en"))
    assert italian == english


def figures(asked, lang):
    said = [ledger.of_all(asked, "", lang), *ledger.of_projects(asked, lang).values()]
    return Counter(tuple(sorted(re.findall(r"\d[\d/]*", sentence.partition(":")[2]))) for sentence in said)


def test_a_project_that_is_not_known_yet_is_said_so():
    asked = Asked(shipped("example"), date(2019, 1, 1))
    assert ledger.of_project(asked, "e1-T01", "it") == "Orizzonti vicini: al 01/01/2019 il progetto non è ancora noto."


def test_which_projects_have_a_line_is_not_made_up():
    asked = Asked(shipped("impact"), shipped("impact").programme.default_as_of)
    lines = [row["action_line"] for row in Oracle(ROOT / "data" / "impact").typed("action_line")]
    ((same, said),) = ledger.of_lines(asked, lines, "it")
    assert list(same) == lines
    assert said.endswith("Non è noto quali progetti abbiano risorse su questa linea.")


def test_the_days_drawn_say_every_kind_of_sentence():
    said = " ".join(
        sentence for day in DAYS for sentence in ledger.of_projects(Asked(shipped("example"), day), "it").values()
    )
    for words in ("rinuncia", "nessun termine è attestato", "onerosi", "forse già", "ritardo residuo di", "fine reale"):
        assert words in said, words


# ---------------------------------------------------------------- counts


@each_day
def test_the_projects_that_an_act_holds_for(day):
    asked, found = Asked(shipped("example"), day), read(day)
    plain = Counter(
        told["decision"]["deadline_id"] for told in found.values() if told["decision"] and not told["withdrawn_on"]
    )
    assert {id: len(projects) for id, projects in deadlines.standing_on(asked, "it").items()} == plain


@each_day
def test_terms_of_call_and_project_side_by_side(day):
    asked, found = Asked(shipped("example"), day), read(day)
    plain = Counter(
        (told["call_term_on"], told["own_term_on"], told["term_on"])
        for told in found.values()
        if told["term_on"] and not told["withdrawn_on"]
    )
    levels = deadlines.levels(asked, "it")
    assert (
        dict(
            zip(
                zip(levels["call_term_on"], levels["own_term_on"], levels["term_on"], strict=True),
                levels["count"],
                strict=True,
            )
        )
        == plain
    )


@each_day
@pytest.mark.parametrize("territories", [(), ("T01", "T10")], ids=len)
def test_the_money_of_an_act(day, territories):
    where = (("territory", territories),) if territories else ()
    plain, before = {}, {}
    for row in sorted(ORACLE.typed("funding"), key=lambda row: int(row["version"])):
        project, amount = row["project_id"], Decimal(row["amount_eur"])
        if row["act_id"] and row["known_from"] <= day and project in before and ORACLE.inside(project, dict(where)):
            plain[row["act_id"]] = plain.get(row["act_id"], Decimal(0)) + amount - before[project]
        before[project] = amount
    assert deadlines.money(Asked(shipped("example"), day, where)) == plain


def test_an_amount_that_is_not_public_stays_unknown():
    assert deadlines.money(Asked(shipped("impact"), date(2021, 1, 1))) == {"decree_20201214": None}
    assert deadlines.money(Asked(shipped("impact"), date(2020, 1, 1))) == {}


def test_a_project_narrows_the_ledger():
    asked = Asked(shipped("example"), date(2024, 12, 31), (("project", ("e1-T20",)),))
    assert deadlines.terms(asked, "it")["id"].tolist() == ["e1-T20"]
    decided = deadlines.decisions(asked, "it")
    assert set(decided["project"]) == {None, "e1-T20"}
