"""The page that a browser gets first: its language, our style, what it needs first, and no font that is not used."""

import re
from pathlib import Path

import pytest
import streamlit

from impact_analytics.i18n import LANGUAGES
from impact_analytics.ui import shell

PAGE = Path(streamlit.__file__).parent / "static" / "index.html"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_is_ours(lang):
    page = shell.shell(PAGE.read_text(encoding="utf-8"), lang)
    assert f'<html lang="{lang}"' in page
    assert shell.STYLE in page
    assert shell.BACKEND in page
    assert 'as="font"' not in page


def test_every_part_that_is_fetched_early_is_there():
    links = re.findall(r'<link rel="modulepreload" href="/static/js/([^"]+)">', shell.shell("<head></head>", "en"))
    assert len(links) == len(shell.FIRST_NEEDED)
    assert all((shell.CHUNKS / name).is_file() for name in links)
