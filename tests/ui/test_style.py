"""Our style: a browser says nothing of a rule left open, and what follows then holds for phones alone."""

from itertools import accumulate

from impact_analytics.settings import ROOT

STYLE = ROOT / "impact_analytics" / "ui" / "static" / "app.css"


def test_every_rule_is_closed_and_no_condition_stands_in_another():
    text = STYLE.read_text(encoding="utf-8")
    depths = list(accumulate({"{": 1, "}": -1}.get(sign, 0) for sign in text))
    assert depths[-1] == 0
    assert all(depths[place] == 0 for place in range(len(text)) if text.startswith("@media", place))
