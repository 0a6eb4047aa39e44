"""Pieces of a page as HTML: every value that comes from data is escaped here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape as _escape
from typing import Any, Literal
from urllib.parse import quote

import pandas as pd

from impact_analytics.frames import records

Align = Literal["left", "right"]


@dataclass(frozen=True)
class Card:
    """One figure: what it is, its value as written, what is said below it, its basis and a sparkline.

    `passport` is the address of what its number rests on, `passport_word` what that is called.
    """

    label: str
    value: str
    note: str = ""
    basis: str = ""
    basis_word: str = ""
    spark: str = ""
    status: Literal["", "on_track", "watch", "late"] = ""
    link: str = ""
    help: str = ""
    note_link: str = ""
    passport: str = ""
    passport_word: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a table: the frame's column, its heading, and the column that holds a link."""

    name: str
    heading: str
    align: Align = "left"
    link: str = ""
    wide: bool = False


def escape(value: object) -> str:
    """Make text safe to stand in HTML."""
    return _escape(str(value), quote=True)


def cards(found: Iterable[Card]) -> str:
    """Return figures as one grid."""
    every = list(found)
    wide = next((count for count in (6, 5, 4) if len(every) % count == 0), min(len(every), 4))
    return f'<div class="cards" style="--n:{wide}">' + "".join(map(_card, every)) + "</div>"


def image(svg: str) -> str:
    """Return a drawing as an image that says nothing to a screen reader: HTML of ours may not hold SVG itself."""
    return f'<img class="spark" alt="" src="data:image/svg+xml,{quote(with_namespace(svg))}">' if svg else ""


def with_namespace(svg: str) -> str:
    """Return a drawing that can stand as a file of its own."""
    return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def basis_mark(basis: str, word: str) -> str:
    """Return the mark that says on what ground a figure stands."""
    return f'<span class="basis basis-{escape(basis)}">{escape(word)}</span>' if basis else ""


Rows = pd.DataFrame | Sequence[Mapping[str, Any]]


def table(rows: Rows, columns: Sequence[Column], *, caption: str, classes: str = "") -> str:
    """Return rows, their cells already in words, as a table; `<column>` with `link` becomes an anchor."""
    every = records(rows) if isinstance(rows, pd.DataFrame) else rows
    head = "".join(f'<th scope="col"{side(column.align)}>{escape(column.heading)}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(_cell(row, column) for column in columns)}</tr>" for row in every)
    return (
        f'<div class="table-box" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="figures {classes}">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def cell(told: object, below: object = "") -> str:
    """Return what stands in a cell, with quiet words below it, as HTML."""
    quiet = f'<div class="quiet">{escape(below)}</div>' if below else ""
    return f"{escape(told)}{quiet}"


def cells(headings: Sequence[tuple[str, Align]], lines: Iterable[Sequence[str]], *, caption: str) -> str:
    """Return a table whose cells are HTML already, under headings and the sides that their columns stand at."""
    head = "".join(
        f'<th scope="col"{side(align)} style="white-space:normal">{escape(name)}</th>' for name, align in headings
    )
    body = "".join(
        f"<tr>{''.join(f'<td{side(align)}>{one}</td>' for one, (_, align) in zip(line, headings, strict=True))}</tr>"
        for line in lines
    )
    return (
        f'<div class="table-box" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="figures">'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def side(align: Align, other: str = "") -> str:
    """Return the class of a cell; what stands at the left, as cells do, needs none."""
    classes = " ".join(name for name in ("right" if align == "right" else "", other) if name)
    return f' class="{classes}"' if classes else ""


def anchor(address: str, words: str, *, outside: bool = False) -> str:
    """Return a link; one that leaves the app says so."""
    if not address.startswith(("https://", "http://", "/", "?", "#")) and ":" in address:
        return escape(words)
    where = ' target="_blank" rel="noopener noreferrer"' if outside else ' target="_self"'
    return f'<a href="{escape(address)}"{where}>{escape(words)}</a>'


def _card(card: Card) -> str:
    value = anchor(card.link, card.value) if card.link else escape(card.value)
    note = anchor(card.note_link, card.note) if card.note and card.note_link else escape(card.note)
    status = f" status-{card.status}" if card.status else ""
    title = f' title="{escape(card.help)}"' if card.help else ""
    return (
        f'<div class="card{status}"{title}><div class="card-label">{escape(card.label)}{_passport(card)}</div>'
        f'<div class="card-value">{value}</div>{image(card.spark)}'
        f'<div class="card-note">{note}</div>{basis_mark(card.basis, card.basis_word)}</div>'
    )


def _passport(card: Card) -> str:
    """Return the small sign that leads to what a number rests on; its letter is drawn by the style."""
    if not card.passport:
        return ""
    name = escape(f"{card.passport_word}: {card.label}")
    return f'<a class="passport" href="{escape(card.passport)}" target="_self" aria-label="{name}"></a>'


def _cell(row: Mapping[str, Any], column: Column) -> str:
    value = "" if row.get(column.name) is None else str(row[column.name])
    address = str(row.get(column.link) or "") if column.link else ""
    outside = address.startswith("http")
    said = anchor(address, value, outside=outside) if address else escape(value)
    return f"<td{side(column.align, 'wide' if column.wide else '')}>{said}</td>"
