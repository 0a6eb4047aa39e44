"""What many tests need: databases of their own, and programme folders that may be broken."""

import csv
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import streamlit as st

from impact_analytics import build
from impact_analytics.contract import contract
from impact_analytics.settings import ROOT
from impact_analytics.ui import operators
from impact_analytics.ui.operators import Visitor

DATA = ROOT / "data"


@dataclass(frozen=True)
class Editable:
    """A programme folder whose files a test may change; rows are counted from 0, so row 0 stands in line 2."""

    path: Path

    def file(self, table):
        return self.path / f"{table}.csv"

    def rows(self, table):
        with self.file(table).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))

    def write(self, table, rows, header=None):
        with self.file(table).open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, header or list(dict.fromkeys(name for row in rows for name in row)))
            writer.writeheader()
            writer.writerows(rows)

    def edit(self, table, row, cells: Mapping[str, object]):
        """Change cells of one row; a column that the file lacks is added."""
        rows = self.rows(table)
        rows[row].update(cells)
        self.write(table, rows)

    def append(self, table, *rows):
        """Add rows; return the line of the first."""
        before = self.rows(table) if self.file(table).exists() else []
        self.write(table, [*before, *rows])
        return len(before) + 2

    def text(self, table):
        return self.file(table).read_text(encoding="utf-8")

    def check(self, severity="error"):
        """Return the problems of one severity."""
        return [problem for problem in build.check(self.path) if problem.severity == severity]

    def said(self, lang="en", severity="error"):
        """Return the sentences of one severity."""
        return [problem.sentence(lang) for problem in self.check(severity)]


@pytest.fixture(scope="session", autouse=True)
def _no_real_database(tmp_path_factory):
    """Keep every test away from the real databases and from what the environment says of data."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACT_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.delenv("IMPACT_DATA", raising=False)
        patch.delenv("IMPACT_OPERATOR", raising=False)
        yield


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty folder for databases, this test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("IMPACT_CACHE", str(folder))
    return folder


@pytest.fixture
def at_the_machine(monkeypatch):
    """Make every session of this process one of whoever sits at the machine, and may hand in data."""
    monkeypatch.setenv("IMPACT_OPERATOR", "local")
    monkeypatch.setattr(operators, "visitor", lambda: Visitor(headers=(("Host", "localhost"),), address="127.0.0.1"))
    before = st.get_option("server.address")
    st.config.set_option("server.address", "127.0.0.1")
    yield
    st.config.set_option("server.address", before)


def copied(name, tmp_path):
    files = shutil.ignore_patterns("*.py", "README.md", "supplied", "__pycache__")
    return Editable(shutil.copytree(DATA / name, tmp_path / "data" / name, ignore=files))


@pytest.fixture
def programme_folder(tmp_path):
    """An editable copy of the published programme."""
    return copied("impact", tmp_path)


@pytest.fixture
def example_folder(tmp_path):
    """An editable copy of the example programme, which has rows in every table of the monitoring."""
    return copied("example", tmp_path)


@pytest.fixture(scope="session")
def published():
    """The snapshot of the published programme, built once."""
    return build.build(DATA / "impact")


@pytest.fixture(scope="session")
def invented():
    """The snapshot of the example programme, built once."""
    return build.build(DATA / "example")


@pytest.fixture(params=["impact", "example"])
def snapshot(request):
    """The snapshot of each programme in turn."""
    return request.getfixturevalue({"impact": "published", "example": "invented"}[request.param])


def thinned(folder, projects):
    """Leave a copy with some projects and whatever rests on no other; every reference still leads somewhere."""
    for name, table in contract().items():
        if not folder.file(name).exists():
            continue
        header = list(folder.rows(name)[0]) if folder.rows(name) else list(table.names)
        rows = [row for row in folder.rows(name) if row.get("project_id") in (None, "", *projects)]
        for rule in table.constraints:
            if rule.kind == "FOREIGN KEY":
                known = {tuple(row[column] for column in rule.referenced) for row in folder.rows(rule.references)}
                rows = [row for row in rows if not row[rule.columns[0]] or tuple(row[c] for c in rule.columns) in known]
        folder.write(name, rows, header)
    return folder


@pytest.fixture
def small_folder(example_folder):
    """An editable programme of one project with all its monitoring, quick to build."""
    return thinned(example_folder, ["e1-T01"])
