"""The quarterly sheet as a workbook: written to be filled in, and read when it comes back."""

from impact_analytics.sheets import persons
from impact_analytics.sheets.form import Form, Option, Row, file_name
from impact_analytics.sheets.parts import sheet_id
from impact_analytics.sheets.reader import Read, read
from impact_analytics.sheets.writer import write, zipped

__all__ = ["Form", "Option", "Read", "Row", "file_name", "persons", "read", "sheet_id", "write", "zipped"]
