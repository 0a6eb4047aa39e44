"""Table files before they are read: their size and kind, and that they are not about single persons."""

import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from impact_analytics.datafiles.csvs import decoded
from impact_analytics.i18n import LANGUAGES
from impact_analytics.i18n import text as sentence
from impact_analytics.problems import Problem
from impact_analytics.sheets import persons

SUFFIXES = (".csv", ".parquet")
LARGEST = 500_000_000  # bytes of a file
INFLATED = 2_000_000_000  # bytes of all columns of a Parquet file


def problems(name: str, content: bytes, suffix: str) -> list[Problem]:
    """Return what stands in the way of a file, whatever its rows say."""
    if suffix not in SUFFIXES:
        return [said("other_kind", name, found=suffix or "–")]
    if len(content) > LARGEST:
        return [said("too_large", name, most=LARGEST // 1_000_000)]
    return list(_of_csv(name, content) if suffix == ".csv" else _of_parquet(name, content))


def said(rule: str, file: str, **values: object) -> Problem:
    """Return an error of a file handed in, its sentence in every language."""
    return Problem("error", rule, file, words=told(rule, **values))


def told(rule: str, **values: object) -> dict[str, str]:
    """Return a sentence in every language; a value may itself be told by language."""
    own = {
        lang: {key: one[lang] if isinstance(one, dict) else one for key, one in values.items()} for lang in LANGUAGES
    }
    return {lang: sentence("ingest", rule, lang, **own[lang]) for lang in LANGUAGES}


def _of_csv(name: str, content: bytes) -> Iterator[Problem]:
    try:
        text, _ = decoded(content)
    except UnicodeDecodeError:
        return  # what is no text is named where it is read
    if found := persons.in_text(name, text):
        yield found


def _of_parquet(name: str, content: bytes) -> Iterator[Problem]:
    """Judge a Parquet file by its foot, how large it is unpacked, and by its columns' names and texts."""
    try:
        file = pq.ParquetFile(io.BytesIO(content))
    except (pa.ArrowException, OSError):
        return  # what cannot be read is named where it is read
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    if sum(group.total_byte_size for group in groups) > INFLATED:
        yield said("too_large", name, most=INFLATED // 1_000_000)
    elif found := persons.in_header(name, file.schema_arrow.names) or _in_texts(name, file):
        yield found


def _in_texts(name: str, file: pq.ParquetFile) -> Problem | None:
    """Return why a file is refused as one of persons by what its columns of text say, or None."""
    schema = file.schema_arrow
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    for batch in file.iter_batches(columns=texts) if texts else ():
        lines = "\n".join(str(cell) for column in batch.columns for cell in column.to_pylist() if cell)
        if found := persons.in_text(name, lines):
            return found
    return None
