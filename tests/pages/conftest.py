"""Whose session a page is opened in."""

import pytest

from impact_analytics.ui.spec import pages

OPERATORS_ONLY = [slug for slug, spec in pages().items() if spec.operators]


@pytest.fixture(autouse=True)
def _allowed(request):
    """Where a test opens a page for operators, its session is one's; all other pages are opened as a visitor."""
    called = getattr(request.node, "callspec", None)
    if called and called.params.get("slug") in OPERATORS_ONLY and "visitor" not in request.node.name:
        request.getfixturevalue("at_the_machine")
