"""Table files before they are read: their size and kind, and that they are not about single persons."""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.problems import Problem
from impact_analytics.sheets import persons

SUFFIXES = (".csv", ".parquet")
LARGEST = 500_000_000  # bytes of a file
INFLATED = 2_000_000_000  # bytes of all columns of a Parquet file
LOOKED_AT = 1000  # rows of a Parquet file


def problems(name: str, content: bytes, suffix: str) -> list[Problem]:
    """Return what stands in the way of a file, whatever its rows say."""
    if suffix not in SUFFIXES:
        return [_said("other_kind", name, found=suffix or "–")]
    if len(content) > LARGEST:
        return [_said("too_large", name, most=LARGEST // 1_000_000)]
    if suffix == ".csv":
        return _found(persons.in_text(name, content.decode("utf-8", "replace")))
    return list(_of_parquet(name, content))


def _of_parquet(name: str, content: bytes) -> Iterator[Problem]:
    """Judge the columns of a Parquet file by its foot, and the words of its first rows."""
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
        if sum(group.total_byte_size for group in groups) > INFLATED:
            yield _said("too_large", name, most=INFLATED // 1_000_000)
            return
        first = next(file.iter_batches(LOOKED_AT), None)
    except (pa.ArrowException, OSError):
        return  # what cannot be read is named where it is read
    lines = [",".join(file.schema_arrow.names)]
    lines += [",".join(str(cell) for cell in row.values()) for row in (first.to_pylist() if first else [])]
    yield from _found(persons.in_text(name, "\n".join(lines)))


def _found(problem: Problem | None) -> list[Problem]:
    return [problem] if problem else []


def _said(rule: str, file: str, **values: object) -> Problem:
    return Problem("error", rule, file, words={lang: text("ingest", rule, lang, **values) for lang in LANGUAGES})
