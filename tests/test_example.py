"""The example programme: the same seed gives the same bytes, the amounts reconcile, the story is there."""

import csv
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from impact_analytics.example import write

ROOT = Path(__file__).parent.parent
SCHEMA = (ROOT / "impact_analytics" / "sql" / "schema.sql").read_text(encoding="utf-8")
TABLES = re.findall(r"^CREATE TABLE (\w+)", SCHEMA, re.MULTILINE)
NOT_TOLD = {"citation"}  # everything has the one source
AS_OF = date(2024, 12, 31)
MONEY = re.compile(r"-?\d+\.\d\d")


@pytest.fixture(scope="module", params=[7, 8, 31])
def folder(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("example")
    write(path, request.param)
    return path


@pytest.fixture(scope="module")
def programme(folder):
    """A database with every constraint of the schema on, filled by header name."""
    with duckdb.connect() as connection:
        connection.execute(SCHEMA)
        for table in TABLES:
            if (path := folder / f"{table}.csv").exists():
                staged = (
                    f"read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"', nullstr = '')"
                )
                connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM {staged}")
        yield connection


def rows(programme, sql):
    return programme.execute(sql).fetchall()


def told(programme, sql):
    """The project that a query finds."""
    [(project_id,)] = rows(programme, sql)
    return project_id


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


# ---------------------------------------------------------------- bytes


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    for name, seed in (("first", 7), ("again", 7), ("other", 8)):
        write(tmp_path / name, seed)
    first = contents(tmp_path / "first")
    assert first == contents(tmp_path / "again")
    assert first["sheet_financial.csv"] != contents(tmp_path / "other")["sheet_financial.csv"]


def test_the_committed_folder_is_what_the_default_seed_writes(tmp_path):
    write(tmp_path)
    committed = contents(ROOT / "data" / "example")
    assert [name for name, text in contents(tmp_path).items() if committed.get(name) != text] == []


def test_every_table_is_there_with_the_columns_of_the_schema(folder, programme):
    assert {path.stem for path in folder.glob("*.csv")} == set(TABLES) - NOT_TOLD
    for path in folder.glob("*.csv"):
        header = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        assert header == [name for name, *_ in rows(programme, f"DESCRIBE {path.stem}")]


def test_text_is_light_and_money_has_two_decimals(folder):
    texts = contents(folder)
    assert sum(map(len, texts.values())) < 2_500_000
    assert not [name for name, text in texts.items() if b"\r" in text or b"http" in text]
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                assert all(not v or MONEY.fullmatch(v) for name, v in row.items() if name.endswith("_eur")), (path, row)


def test_nothing_is_known_after_the_day_the_app_opens_on(programme):
    for table in TABLES:
        for column, kind, *_ in rows(programme, f"DESCRIBE {table}"):
            planned = column in {"ends_on", "starts_on", "due_on", "limit_on", "approved_end_on", "expected_end_on"}
            if kind == "DATE" and not planned:
                [(newest,)] = rows(programme, f"SELECT max({column}) FROM {table}")
                assert newest is None or newest <= AS_OF, (table, column)


# ---------------------------------------------------------------- to the cent


@pytest.mark.parametrize(
    "broken",
    [
        # funding against the endowment, before and after the increase
        """SELECT e.endowment_id FROM endowment AS e WHERE e.total AND e.amount_eur <> (
            SELECT sum(a) FROM (
                SELECT arg_max(amount_eur, version) AS a FROM funding
                WHERE known_from <= e.known_from GROUP BY project_id))""",
        # a budget version against the funding version
        """SELECT f.project_id, f.version FROM funding AS f LEFT JOIN budget AS b USING (project_id, version)
            GROUP BY ALL HAVING any_value(f.amount_eur) IS DISTINCT FROM sum(b.amount_eur)""",
        "SELECT project_id FROM funding WHERE eu_eur + state_eur + own_eur <> amount_eur",
        "SELECT payment_id FROM payment WHERE eu_eur + state_eur <> amount_eur",
        """SELECT request_id FROM payment_request
            WHERE eligible_eu_eur + eligible_state_eur + eligible_own_eur <> eligible_eur""",
        "SELECT request_id FROM payment_request WHERE eligible_eur > declared_eur OR verified_eur > declared_eur",
        # no cent is declared that the project has not spent, but for the one that corrected itself
        """SELECT d.project_id FROM (SELECT project_id, sum(declared_eur) AS eur FROM payment_request GROUP BY ALL) AS d
            JOIN (SELECT project_id, sum(incurred_eur) AS eur,
                row_number() OVER (PARTITION BY project_id ORDER BY period_id DESC) AS n
                FROM (SELECT * FROM sheet QUALIFY version = max(version) OVER (PARTITION BY project_id, period_id))
                JOIN sheet_financial USING (sheet_id) GROUP BY project_id, period_id) AS s USING (project_id)
            WHERE s.n = 1 AND d.eur > s.eur""",
        """SELECT network FROM network_count GROUP BY network
            HAVING sum(planned) <> 2 * max(planned) FILTER (project_id IS NULL)""",
        "SELECT finding_id FROM finding WHERE list_count([review_id, verification_id, check_id]) <> 1",
        # every decided request was verified, once
        """SELECT request_id FROM payment_request LEFT JOIN verification USING (request_id) WHERE decided_on IS NOT NULL
            GROUP BY request_id HAVING count(verification_id) <> 1""",
        """SELECT request_id FROM request_step
            QUALIFY on_date < lag(on_date) OVER (PARTITION BY request_id ORDER BY position)""",
    ],
)
def test_amounts_reconcile(programme, broken):
    assert rows(programme, broken) == []


def test_payments_cover_an_advance_before_they_go_on(programme):
    """Paid is the advance or what is eligible, whichever is more, as long as nothing waits to be paid."""
    over = rows(
        programme,
        """SELECT p.project_id FROM (SELECT project_id, sum(amount_eur) AS eur,
                max(amount_eur) FILTER (kind = 'advance') AS advance FROM payment GROUP BY ALL) AS p
            LEFT JOIN (SELECT project_id, sum(eligible_eur) AS eur FROM payment_request GROUP BY ALL) AS r
            USING (project_id)
            WHERE p.eur > greatest(p.advance, coalesce(r.eur, 0))""",
    )
    assert over == []


# ---------------------------------------------------------------- the story


def test_sheets_are_on_time_late_corrected_missing_or_to_be_completed(programme):
    [(late, corrected, incomplete, all_of_them)] = rows(
        programme,
        """SELECT count(*) FILTER (version = 1 AND received_on > due_on), count(*) FILTER (version = 2),
            count(*) FILTER (integration_asked_on IS NOT NULL), count(*)
            FROM sheet JOIN reporting_period USING (period_id)""",
    )
    assert 30 < late < all_of_them / 2
    assert 10 < corrected <= incomplete
    missing = rows(
        programme,
        """SELECT p.project_id, r.period_id FROM project AS p
            JOIN reporting_period AS r ON r.due_on <= DATE '2024-12-31' AND r.starts_on >= p.started_on
            AND r.ends_on <= coalesce(p.ended_on, p.withdrawn_on, DATE '2024-12-31')
            ANTI JOIN sheet AS s ON s.project_id = p.project_id AND s.period_id = r.period_id""",
    )
    assert missing


def test_a_corrected_sheet_says_other_numbers(programme):
    same = rows(
        programme,
        """SELECT s.project_id FROM sheet AS s JOIN sheet AS c USING (project_id, period_id)
            JOIN sheet_financial AS f ON f.sheet_id = s.sheet_id
            JOIN sheet_financial AS g ON g.sheet_id = c.sheet_id
            AND g.action_line = f.action_line AND g.cost_category = f.cost_category
            WHERE s.version = 1 AND c.version = 2 GROUP BY s.sheet_id, s.project_id
            HAVING bool_and(f.incurred_eur = g.incurred_eur) AND sum(f.incurred_eur) > 0""",
    )
    assert same == []


def test_one_project_withdraws_and_returns_part_of_its_advance(programme):
    withdrawn = told(programme, "SELECT project_id FROM project WHERE withdrawn_on IS NOT NULL")
    [(paid, eligible, ordered, received)] = rows(
        programme,
        f"""SELECT (SELECT sum(amount_eur) FROM payment WHERE project_id = '{withdrawn}'),
            (SELECT sum(eligible_eu_eur + eligible_state_eur) FROM payment_request WHERE project_id = '{withdrawn}'),
            ordered_eur, received_eur FROM recovery WHERE project_id = '{withdrawn}'""",
    )
    assert ordered == paid - eligible
    assert Decimal(0) < received < ordered


def test_an_advance_is_not_covered(programme):
    uncovered = rows(
        programme,
        """SELECT p.project_id FROM project AS p
            WHERE withdrawn_on IS NULL AND (SELECT sum(amount_eur) FROM payment AS y
            WHERE y.project_id = p.project_id) > (SELECT coalesce(sum(eligible_eur), 0) FROM payment_request AS r
            WHERE r.project_id = p.project_id)""",
    )
    assert uncovered


def test_requests_are_cut_and_some_wait_with_each_holder(programme):
    [(largest,)] = rows(programme, "SELECT max(1 - eligible_eur / declared_eur) FROM payment_request")
    assert largest > 0.1
    waiting = rows(
        programme,
        """SELECT holder, max(DATE '2024-12-31' - on_date) FROM (SELECT * FROM request_step
            QUALIFY position = max(position) OVER (PARTITION BY request_id)) WHERE step <> 'decided' GROUP BY holder""",
    )
    days = dict(waiting)
    assert {"authority", "beneficiary", "auditor", "suspended"} <= set(days)
    assert days["authority"] > 60


NEWEST = """WITH amount AS (
    SELECT s.project_id, s.period_id, r.ends_on, f.action_line, f.cost_category, f.incurred_eur
    FROM (SELECT * FROM sheet QUALIFY version = max(version) OVER (PARTITION BY project_id, period_id)) AS s
    JOIN reporting_period AS r USING (period_id) JOIN sheet_financial AS f USING (sheet_id)) """


def test_one_project_s_expenditure_falls(programme):
    falls = rows(
        programme,
        f"""{NEWEST}, whole AS (SELECT project_id, ends_on, sum(incurred_eur) AS eur FROM amount GROUP BY ALL)
            SELECT project_id, period FROM (SELECT project_id, ends_on AS period, eur < lag(eur) OVER
            (PARTITION BY project_id ORDER BY ends_on) AS falls FROM whole) WHERE falls""",
    )
    assert len(falls) == 1


def test_one_project_spends_above_a_budget_line(programme):
    told(
        programme,
        f"""{NEWEST} SELECT DISTINCT project_id FROM amount JOIN (SELECT project_id, action_line, cost_category,
            arg_max(amount_eur, version) AS eur FROM budget GROUP BY ALL) USING (project_id, action_line, cost_category)
            WHERE incurred_eur > eur""",
    )


def test_schools_rest_in_the_third_quarter_and_the_second_year_is_a_shock(programme):
    flows = rows(
        programme,
        f"""{NEWEST}, flow AS (SELECT project_id, action_line, ends_on, eur - coalesce(lag(eur)
            OVER (PARTITION BY project_id, action_line ORDER BY ends_on), 0) AS eur
            FROM (SELECT project_id, action_line, ends_on, sum(incurred_eur) AS eur FROM amount GROUP BY ALL))
            SELECT action_line, year(ends_on), quarter(ends_on), sum(eur) FROM flow GROUP BY ALL""",
    )
    school = {(year, number): float(eur) for line, year, number, eur in flows if line == "01"}
    for year in (2022, 2023):
        assert school[year, 3] < 0.4 * sum(school[year, number] for number in (1, 2, 4)) / 3
    by_year = {year: sum(eur for _, y, _, eur in flows if y == year) for year in (2021, 2022, 2023)}
    assert by_year[2021] < by_year[2022] / 2 < by_year[2023]


def test_terms_move_with_money_without_and_unknown_and_addenda_follow_at_their_own_pace(programme):
    delays = rows(
        programme,
        """SELECT p.known_from - c.known_from FROM deadline AS p JOIN deadline AS c USING (extension)
            WHERE p.project_id IS NOT NULL AND c.project_id IS NULL AND extension IN ('with_money', 'without_money')""",
    )
    assert min(delays)[0] < 15
    assert max(delays)[0] > 150
    told(programme, "SELECT project_id FROM deadline WHERE extension = 'not_known' AND known_from IS NULL")
    assert rows(programme, "SELECT kind FROM legal_limit GROUP BY kind HAVING count(DISTINCT limit_on) <> 2") == []


def test_changes_of_every_kind_are_approved_refused_or_waiting(programme):
    asked = rows(programme, "SELECT kind, outcome FROM change_request")
    assert {kind for kind, _ in asked} == {"budget", "schedule", "extension", "partnership"}
    assert {outcome for _, outcome in asked} >= {"approved", "refused", None}
