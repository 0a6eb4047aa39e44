"""A frame as CSV that a spreadsheet opens: UTF-8 with BOM, text that looks like a formula made harmless."""

import pandas as pd

RISKY = ("=", "+", "-", "@", "\t", "\r")


def csv_file(frame: pd.DataFrame, *, mark: str = "") -> bytes:
    """Return a frame as CSV; `mark` becomes a first column that says on every row that it is an example."""
    shown = frame.map(harmless)
    if mark:
        shown.insert(0, mark, mark)
    return shown.to_csv(index=False).encode("utf-8-sig")


def harmless(cell: object) -> object:
    """Put an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell
