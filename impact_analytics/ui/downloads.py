"""What is shown as files to take away: a workbook, a CSV and a text, marked where the values are invented."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from impact_analytics.exports import Sheet, csv_file, workbook
from impact_analytics.formats import short_day
from impact_analytics.queries import Asked
from impact_analytics.ui.page import View

Notes = Sequence[tuple[str, str]]
MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
}


def draw(
    view: View,
    key: str,
    sheet: Callable[[], Sheet],
    told: Callable[[], Notes],
    *,
    text: Callable[[], str] | None = None,
    part: str = "",
) -> None:
    """Draw the buttons of a sheet; `told` is what the workbook says of it, the files are made when asked for.

    `part` goes into the name of the files, where a page hands out more than one sheet.
    """
    mark = _mark(view)
    files: dict[str, Callable[[], bytes]] = {
        "xlsx": lambda: workbook([sheet()], told(), notes_name=view.app("notes"), mark=mark),
        "csv": lambda: csv_file(sheet().plain, mark=mark),
    }
    _offer(view, key, files | ({"txt": lambda: text().encode()} if text else {}), part)


def draw_book(
    view: View,
    key: str,
    sheets: Callable[[], Sequence[Sheet]],
    told: Callable[[], Notes],
    *,
    text: Callable[[], str] | None = None,
    part: str = "",
) -> None:
    """Draw the button of one workbook with a sheet for each part, and of a text."""
    mark = _mark(view)
    files = {"xlsx": lambda: workbook(sheets(), told(), notes_name=view.app("notes"), mark=mark)}
    marked = {"txt": lambda: "\n".join([*([mark] if mark else []), text()]).encode()} if text else {}
    _offer(view, key, files | marked, part)


def _mark(view: View) -> str:
    return view.app("example_band") if view.example else ""


def _offer(view: View, key: str, files: Mapping[str, Callable[[], bytes]], part: str) -> None:
    stem = "_".join(filter(None, (view.programme.id, view.spec.slug, part, view.as_of.isoformat())))
    for kind, made in files.items():
        st.download_button(
            view.app(f"download_{kind}"),
            made,
            file_name=f"{view.app('example_file') if view.example else ''}{stem}.{kind}",
            mime=MIMES[kind],
            key=f"{key}_{kind}",
            on_click="ignore",
        )


def notes(
    view: View,
    *more: tuple[str, str],
    title: str = "",
    asked: Asked | None = None,
    chosen: Sequence[str] = (),
    sources: Sequence[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """Return what stands beside the rows of a workbook: what they are, of which day, how narrowed, on what ground.

    `asked` is what they answer, where that is not the view's own question; `chosen` are a page's own choices in words.
    """
    narrowed = [", ".join(view.names(id)[one] for one in ids) for id, ids in (asked or view.asked).where]
    cited = [f"{name} {address}".strip() for name, address in sources]
    return [
        (view.app("title"), title or view.say("title")),
        (view.app("programme"), view.programme.title.get(view.lang, view.programme.name[view.lang])),
        (view.app("as_of"), short_day(view.as_of, "day", view.lang)),
        (view.app("filters"), "; ".join([*narrowed, *chosen]) or view.app("whole")),
        *more,
        (view.app("basis"), view.app(f"bases.{view.programme.basis}")),
        (view.app("snapshot"), f"{view.programme.id}-{view.snapshot.id}"),
        *zip([view.app("sources"), *[""] * len(cited)], cited, strict=False),
    ]
