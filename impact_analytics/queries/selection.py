"""The selection of projects for checks on the spot: random and by risk, the same on every machine, and its protocol.

The order is that of a hash of seed, year, kind and project, not of a generator of random numbers: no version of a
language or library can change it. Every figure is rounded as the protocol prints it before it is used, so that the
protocol's text alone is enough to repeat the selection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Any

from impact_analytics.frames import records
from impact_analytics.i18n import texts
from impact_analytics.programme import Selection
from impact_analytics.queries.asked import Asked, by_id, rows
from impact_analytics.queries.controls import THRESHOLDS, FinancialYear

KINDS = ("operational", "financial")
KEY_LENGTH = 16  # characters of a key that are printed and compared
POINT = Decimal("0.0001")  # to which scores and shares are rounded
# How a factor is rounded before it is used.
ROUNDED = {
    "eu_contribution": Decimal("0.01"),
    "sheets": Decimal(1),
    "findings": Decimal(1),
    "error": POINT,
    "uncovered_advance": Decimal("0.01"),
    "gap": POINT,
}
UNITS = {"eu_contribution": "eur", "uncovered_advance": "eur", "sheets": "count", "findings": "count"}


@dataclass(frozen=True)
class Member:
    """A project of the population: its key, its risk factors as used (None where not known), its score.

    `chosen` is random, risk or blank; `checks` are those already done of the kind and year, by how they were selected.
    """

    project_id: str
    place: str
    territory: str
    contribution: Decimal
    key: str
    factors: Mapping[str, Decimal | None]
    score: Decimal
    chosen: str = ""
    checks: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True)
class Draw:
    """A selection of a kind for a financial year, in the order of the keys; `size` is how many the share asks for."""

    asked: Asked
    settings: Selection
    kind: str
    year: FinancialYear
    share: Decimal
    size: int
    random_size: int
    greatest: Mapping[str, Decimal]
    members: tuple[Member, ...]

    @property
    def chosen(self) -> list[Member]:
        """Return the projects selected: by risk first, then at random."""
        order = {"risk": 0, "random": 1}
        return sorted(
            (member for member in self.members if member.chosen),
            key=lambda member: (order[member.chosen], -member.score if member.chosen == "risk" else 0, member.key),
        )


def offered(asked: Asked, kind: str) -> Selection | None:
    """Return the settings of a selection; None where the programme names no seed or no share to be checked."""
    programme = asked.snapshot.programme
    return programme.selection if THRESHOLDS[kind] in programme.thresholds else None


def draw(asked: Asked, lang: str, kind: str, year: FinancialYear) -> Draw | None:
    """Select projects of the whole call, whatever the filters; None where no selection is offered."""
    settings = offered(asked, kind)
    if settings is None:
        return None
    whole = replace(asked, where=())
    share = Decimal(str(whole.snapshot.programme.thresholds[THRESHOLDS[kind]]))
    found = population(whole, lang, kind, year.year)
    greatest = {name: max((row[name] or Decimal(0) for row in found), default=Decimal(0)) for name in settings.weights}
    members = sorted((_member(settings, kind, year.year, row, greatest) for row in found), key=lambda one: one.key)
    done = checks_done(whole, kind, year.year)
    size = sample_size(len(members), share)
    random_size = int((settings.random_share * size).to_integral_value(ROUND_CEILING))
    chosen = choose(members, size, random_size, share if kind == "financial" else None)
    told = (replace(one, chosen=chosen.get(one.project_id, ""), checks=done.get(one.project_id, ())) for one in members)
    return Draw(whole, settings, kind, year, share, size, random_size, greatest, tuple(told))


def sample_size(population: int, share: Decimal) -> int:
    """Return how many projects a share asks for, rounded up, at least one of any."""
    return max(1, int((share * population).to_integral_value(ROUND_CEILING))) if population else 0


def key(seed: str, year: int, kind: str, project_id: str) -> str:
    """Return a project's key: the first characters of the SHA-256 of seed, year, kind and project."""
    return sha256(f"{seed}|{year}|{kind}|{project_id}".encode()).hexdigest()[:KEY_LENGTH]


def score(
    weights: Mapping[str, Decimal], values: Mapping[str, Decimal | None], greatest: Mapping[str, Decimal]
) -> Decimal:
    """Return the weighted mean of each factor's share of its greatest value, from 0 to 1; not known counts 0."""
    if not weights:
        return Decimal(0)
    shares = {name: _share(values[name] or Decimal(0), greatest[name]) for name in weights}
    total = sum((weight * shares[name] for name, weight in weights.items()), Decimal(0))
    return _round(total / sum(weights.values()), POINT)


def choose(members: Sequence[Member], size: int, random_size: int, covered: Decimal | None) -> dict[str, str]:
    """Return how each selected project was chosen: the highest scores, then the lowest keys.

    With `covered`, more are drawn by their keys until that share of the EU contribution is selected.
    """
    by_risk = sorted(members, key=lambda one: (-one.score, one.key))[: size - random_size]
    chosen = {one.project_id: "risk" for one in by_risk}
    total = sum((one.contribution for one in members), Decimal(0))
    for one in sorted(members, key=lambda one: one.key):
        selected = sum((other.contribution for other in members if other.project_id in chosen), Decimal(0))
        enough = covered is None or selected >= covered * total
        if len(chosen) >= size and enough:
            break
        chosen.setdefault(one.project_id, "random")
    return chosen


def population(asked: Asked, lang: str, kind: str, year: int) -> list[dict[str, Any]]:
    """Return the projects that can be selected, with what their risk is worked out from, rounded as it is used.

    Operational: those under implementation in the year. Financial: those that its accounts call finalised, whose
    EU contribution is that in the accounts, not that of the funding in force.
    """
    found = records(rows(asked, _population_sql(lang, kind), year=year))
    gaps = {id: row["gap"] for id, row in by_id(asked, ("gap",), "project").items() if "gap" in row}
    return [_rounded(row, gaps.get(row["project_id"])) for row in found]


def _population_sql(lang: str, kind: str) -> str:
    source, own = ("mart_finalised", "f.contribution_eu_eur") if kind == "financial" else ("mart_under_way", "m.eu_eur")
    return f"""
        WITH money AS (
            SELECT project_id, arg_max(eu_eur, version) AS eu_eur FROM funding WHERE known_from <= $as_of GROUP BY ALL
        ),
        late AS (
            SELECT project_id, count(*) AS sheets FROM mart_sheet_grade
            WHERE as_of = $as_of AND grade IN ('missing', 'late') GROUP BY ALL
        ),
        open AS (
            SELECT project_id, sum(findings) AS findings FROM fact_finding WHERE known_from <= $as_of GROUP BY ALL
        ),
        wrong AS (
            SELECT project_id, sum(controlled_eu_eur) AS controlled, sum(error_eu_eur) AS error
            FROM fact_check_done WHERE known_from <= $as_of GROUP BY ALL
        ),
        balance AS (
            SELECT project_id, greatest(0, sum(amount_eur)) AS uncovered FROM fact_balance
            WHERE known_from <= $as_of GROUP BY ALL
        )
        SELECT f.project_id, f.territory, t.name_{lang} AS place, {own} AS eu_contribution,
            coalesce(late.sheets, 0) AS sheets, coalesce(open.findings, 0) AS findings,
            wrong.controlled, wrong.error, coalesce(balance.uncovered, 0) AS uncovered_advance
        FROM {source} AS f
        JOIN territory AS t USING (territory)
        LEFT JOIN money AS m USING (project_id)
        LEFT JOIN late USING (project_id)
        LEFT JOIN open USING (project_id)
        LEFT JOIN wrong USING (project_id)
        LEFT JOIN balance USING (project_id)
        WHERE f.as_of = $as_of AND f.financial_year = $year
        ORDER BY f.project_id
    """


def _rounded(row: Mapping[str, Any], gap: float | None) -> dict[str, Any]:
    """Return a project's factors, rounded: what was never controlled has no error, and only what is behind a gap."""
    controlled, error = row["controlled"], row["error"]
    values = {
        **{name: row[name] for name in ("eu_contribution", "sheets", "findings", "uncovered_advance")},
        "error": Decimal(error or 0) / controlled if controlled else None,
        "gap": None if gap is None else max(Decimal(0), -Decimal(str(gap))),
    }
    used = {name: None if value is None else _round(Decimal(value), ROUNDED[name]) for name, value in values.items()}
    return {"project_id": row["project_id"], "territory": row["territory"], "place": row["place"], **used}


def _member(
    settings: Selection, kind: str, year: int, row: Mapping[str, Any], greatest: Mapping[str, Decimal]
) -> Member:
    factors = {name: row[name] for name in settings.weights}
    return Member(
        row["project_id"],
        row["place"],
        row["territory"],
        row["eu_contribution"] or Decimal(0),
        key(settings.seed, year, kind, row["project_id"]),
        factors,
        score(settings.weights, factors, greatest),
    )


def checks_done(asked: Asked, kind: str, year: int) -> dict[str, tuple[tuple[date, str], ...]]:
    """Return the checks of a kind done for a year by the day asked: by project their day and recorded selection."""
    found: dict[str, tuple[tuple[date, str], ...]] = {}
    sql = """
        SELECT project_id, known_from, selection FROM fact_check_done
        WHERE known_from <= $as_of AND kind = $kind AND financial_year = $year ORDER BY known_from, check_id
    """
    for row in records(rows(asked, sql, kind=kind, year=year)):
        found[row["project_id"]] = (*found.get(row["project_id"], ()), (row["known_from"], row["selection"]))
    return found


def _share(value: Decimal, greatest: Decimal) -> Decimal:
    return _round(value / greatest, POINT) if greatest else Decimal(0)


def _round(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


# ---------------------------------------------------------------- the protocol


def protocol(drawn: Draw, lang: str, *, mark: str = "") -> str:
    """Return the protocol as a text to print and sign: all that is needed to repeat the selection."""
    said = texts("selection", lang)
    parts = [_head(drawn, lang), *_method(drawn, lang), *_population(drawn, lang), *_result(drawn, lang)]
    first = [mark, ""] if mark else []
    return "\n".join([*first, said["title"], "=" * len(said["title"]), "", *parts, *said["signature"], ""])


def _head(drawn: Draw, lang: str) -> str:
    return "\n".join(f"{label}: {value}" for label, value in facts(drawn, lang))


def facts(drawn: Draw, lang: str) -> list[tuple[str, str]]:
    """Return what a selection rests on, labelled: programme, data, day, year, kind, seed, shares, population, size."""
    said, programme = texts("selection", lang), drawn.asked.snapshot.programme
    ground = programme.grounds.get(THRESHOLDS[drawn.kind], {}).get(lang, "")
    values = {
        "programme": programme.title.get(lang, programme.name[lang]),
        "snapshot": f"{programme.id}-{drawn.asked.snapshot.id}",
        "as_of": drawn.asked.as_of.isoformat(),
        "year": f"{drawn.year.year} ({drawn.year.starts_on.isoformat()} / {drawn.year.ends_on.isoformat()})",
        "kind": f"{said[drawn.kind]} ({drawn.kind})",
        "seed": drawn.settings.seed,
        "share": number(drawn.share, lang) + (f" ({ground})" if ground else ""),
        "random_share": number(drawn.settings.random_share, lang),
        "population": str(len(drawn.members)),
        "size": str(drawn.size),
        "by_risk": str(drawn.size - drawn.random_size),
        "at_random": str(drawn.random_size),
    }
    return [(said["facts"][name], value) for name, value in values.items()]


def method(drawn: Draw, lang: str) -> list[str]:
    """Return the method in sentences."""
    said = texts("selection", lang)
    ranked = ["score", "order"] if drawn.settings.weights else ["order_random"]
    covering = ["cover"] if drawn.kind == "financial" else []
    names = [f"population_{drawn.kind}", "key", *ranked, *covering, "contribution"]
    return [said["method"][name].format(length=KEY_LENGTH) for name in names]


def _method(drawn: Draw, lang: str) -> list[str]:
    said = texts("selection", lang)
    lines = [f"{number}. {sentence}" for number, sentence in enumerate(method(drawn, lang), 1)]
    listed = [f"{name}; {told}" for name, told in weights(drawn, lang)]
    if listed:
        listed = ["", said["weights_title"], said["weights_head"], *listed]
    return ["", said["method_title"], *lines, *listed]


def weights(drawn: Draw, lang: str) -> list[tuple[str, str]]:
    """Return the risk factors with their weight, their greatest value in the population, and what they measure."""
    said = texts("selection", lang)["factors"]
    return [
        (name, f"{number(weight, lang)}; {number(drawn.greatest[name], lang)}; {said[name]}")
        for name, weight in drawn.settings.weights.items()
    ]


def signature(lang: str) -> list[str]:
    """Return the lines for place, day and signature."""
    return [line for line in texts("selection", lang)["signature"] if line]


def _population(drawn: Draw, lang: str) -> list[str]:
    said = texts("selection", lang)
    head = "; ".join([*said["members_head"], *drawn.settings.weights, said["score"], said["outcome"]])
    return ["", said["members_title"], head, *(_line(member, lang) for member in drawn.members)]


def _line(member: Member, lang: str) -> str:
    said = texts("selection", lang)
    values = [said["not_known"] if value is None else number(value, lang) for value in member.factors.values()]
    named = f"{member.project_id} ({member.place})".replace(";", ",")
    amount = number(member.contribution, lang)
    return "; ".join([named, member.key, amount, *values, number(member.score, lang), said["chosen"][member.chosen]])


def _result(drawn: Draw, lang: str) -> list[str]:
    said = texts("selection", lang)
    chosen = said["chosen"]
    lines = [f"- {one.project_id} ({one.place}): {chosen[one.chosen]}{_done(one, lang)}" for one in drawn.chosen]
    return ["", said["result_title"], *(lines or [said["nobody"]]), ""]


def _done(member: Member, lang: str) -> str:
    said = texts("selection", lang)
    listed = [f"{day.isoformat()} ({said['chosen'][how]})" for day, how in member.checks]
    return "; " + said["done"].format(checks=", ".join(listed)) if listed else ""


def number(value: Decimal, lang: str) -> str:
    """Write a number as it is used, all its decimals and nothing between thousands."""
    plain = format(value, "f")
    return plain.replace(".", ",") if lang == "it" else plain
