"""Files that readers take away: one module per format, data -> bytes."""

from impact_analytics.exports.csv_file import csv_file

__all__ = ["csv_file"]
