"""Every page of a programme that was only just begun, in every language; no page is named here."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from impact_analytics import starter
from impact_analytics.i18n import LANGUAGES, text
from impact_analytics.settings import PACKAGE
from impact_analytics.ui import reader
from impact_analytics.ui.markup import escape
from impact_analytics.ui.spec import pages


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "oer"
    starter.write(folder, date(2031, 5, 17))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMPACT_DATA", str(folder))
        patch.setenv("IMPACT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield folder


def opened(slug, **link):
    app = AppTest.from_file(str(PACKAGE / "ui" / "frame.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    return app.switch_page(f"../../pages/{pages()[slug].script.name}").run()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("slug", list(pages()))
def test_every_page_opens_on_an_empty_programme(begun, slug, lang):
    for link in ({}, {"as_of": "2031-03-31"}, {"as_of": "2019-01-01"}):
        app = opened(slug, lang=lang, **link)
        assert not app.exception, link
        said = "\n".join(element.proto.body for element in app.get("html"))
        assert f'<h1 class="title">{escape(pages()[slug].words(lang)["title"])}</h1>' in said
        assert escape(text("app", "see_example", lang)) not in said, "there is no example to be seen"
        assert reader.programmes() == ("oer",)
