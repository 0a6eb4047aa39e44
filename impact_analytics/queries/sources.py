"""Which sources stand behind the rows of a table."""

import pandas as pd

from impact_analytics.queries.asked import Asked, rows


def cited(asked: Asked, *tables: str) -> list[tuple[str, str]]:
    """Return title and address of the sources behind the rows of tables, the most used first."""
    every = " UNION ALL ".join(f'SELECT source_id FROM "{table}"' for table in tables)
    sql = f"""
        SELECT s.title, coalesce(s.url, '') AS url
        FROM ({every}) AS used
        JOIN source AS s USING (source_id)
        GROUP BY ALL
        ORDER BY count(*) DESC, s.title
    """
    found = rows(asked, sql)
    return list(zip(found["title"], found["url"], strict=True))


def listed(asked: Asked) -> pd.DataFrame:
    """Return every source with the columns of its table."""
    return rows(asked, "SELECT * EXCLUDE (basis, file, line) FROM source ORDER BY publisher, title")
