"""How young the money behind a figure is, in a sentence for the note of a card."""

from impact_analytics.formats import UNITS, full, period
from impact_analytics.queries import Asked, sheets
from impact_analytics.ui.page import View


def brief(view: View, asked: Asked | None = None) -> str:
    """Say how much of the expenditure is from recent sheets; blank where it is not known or nothing says what is."""
    found = sheets.recent(asked or view.asked)
    if found is None or found.share is None or found.days is None:
        return ""
    share, days = full(found.share, UNITS["share"], view.lang), full(found.days, UNITS["days"], view.lang)
    return view.app("recent", share=share, days=days)


def said(view: View, asked: Asked | None = None) -> str:
    """Say which period the newest sheet is of, and how much of the expenditure is from recent sheets; blank if none."""
    found = sheets.recent(asked or view.asked)
    if found is None:
        return ""
    newest = period(found.period_id, view.lang)
    if found.share is None or found.days is None:
        return view.app("newest_sheet", period=newest)
    share, days = full(found.share, UNITS["share"], view.lang), full(found.days, UNITS["days"], view.lang)
    return view.app("freshness", period=newest, share=share, days=days)
