"""Forms and workbooks of the example programme."""

import random

import pytest

from impact_analytics import sheets
from impact_analytics.queries import forms
from tests.sheets.workbooks import opened, versions


@pytest.fixture(scope="session")
def sampled(invented):
    """A seeded sample of the sheets received, with every correction in it."""
    known = versions(invented)
    return [*[row for row in known if row[2] > 1], *random.Random(7).sample(known, 40)]


@pytest.fixture(scope="session")
def filled(invented):
    """A form with a version's values: a corrected sheet."""
    return forms.form(invented, "e1-T02", "2022-Q4", 2)


@pytest.fixture(scope="session")
def filled_file(filled):
    """That form as a workbook."""
    return sheets.write(filled, "it")


@pytest.fixture
def workbook(filled_file):
    """That workbook, to be changed."""
    return opened(filled_file)
