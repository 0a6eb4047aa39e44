"""What is shown as files to take away: a workbook, a CSV and a text, marked where the values are invented."""

from collections.abc import Callable, Sequence

import streamlit as st

from impact_analytics.exports import Sheet, csv_file, workbook
from impact_analytics.ui.page import View

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def draw(
    view: View,
    key: str,
    sheet: Callable[[], Sheet],
    told: Callable[[], Sequence[tuple[str, str]]],
    *,
    text: Callable[[], str] | None = None,
    part: str = "",
) -> None:
    """Draw the buttons of a sheet; `told` is what the workbook says of it, the files are made when asked for.

    `part` goes into the name of the files, where a page hands out more than one sheet.
    """
    mark = view.app("example_band") if view.example else ""
    stem = "_".join(filter(None, (view.programme.id, view.spec.slug, part, view.as_of.isoformat())))
    name = f"{view.app('example_file') if mark else ''}{stem}"
    files: list[tuple[str, Callable[[], bytes], str]] = [
        ("xlsx", lambda: workbook([sheet()], told(), notes_name=view.say("notes"), mark=mark), XLSX),
        ("csv", lambda: csv_file(sheet().plain, mark=mark), "text/csv"),
    ]
    if text is not None:
        files.append(("txt", lambda: text().encode(), "text/plain"))
    for kind, made, mime in files:
        st.download_button(
            view.app(f"download_{kind}"),
            made,
            file_name=f"{name}.{kind}",
            mime=mime,
            key=f"{key}_{kind}",
            on_click="ignore",
        )


def draw_book(
    view: View,
    key: str,
    sheets: Callable[[], Sequence[Sheet]],
    told: Callable[[], Sequence[tuple[str, str]]],
    *,
    notes_name: str,
    about: str = "",
    text: Callable[[], str] | None = None,
) -> None:
    """Draw the button of one workbook with a sheet for each part, and of a text; `about` ends their names."""
    mark = view.app("example_band") if view.example else ""
    parts = [view.programme.id, view.spec.slug, *([about] if about else []), view.as_of.isoformat()]
    name = f"{view.app('example_file') if mark else ''}{'_'.join(parts)}"
    files: list[tuple[str, Callable[[], bytes], str]] = [
        ("xlsx", lambda: workbook(sheets(), told(), notes_name=notes_name, mark=mark), XLSX)
    ]
    if text is not None:
        files.append(("txt", lambda: "\n".join([*([mark] if mark else []), text()]).encode(), "text/plain"))
    for kind, made, mime in files:
        st.download_button(
            view.app(f"download_{kind}"),
            made,
            file_name=f"{name}.{kind}",
            mime=mime,
            key=f"{key}_{kind}",
            on_click="ignore",
        )
