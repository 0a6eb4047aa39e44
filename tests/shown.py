"""What readers are shown: every page opened in every way that its own choices offer, no page or choice named."""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest, app_test

from impact_analytics import build
from impact_analytics.queries import periods
from impact_analytics.settings import PACKAGE
from impact_analytics.store import Snapshot
from impact_analytics.ui import reader
from impact_analytics.ui.spec import PageSpec, pages

MOST = 12  # options of one choice that are tried, drawn with a seed; the first and the last are among them
NEARLY_ALL = 30  # of all but the longest lists
FRAME = PACKAGE / "ui" / "frame.py"
SNAPSHOT = "SNAPSHOT"  # stands for the id of a snapshot
TIME = re.compile(r"\b\d\d:\d\d\b")
MAPS = ("deck_gl_json_chart",)


@dataclass(frozen=True)
class File:
    """A file as a reader gets it by a click, with the key of its button."""

    key: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Drawing:
    """A chart or a map as the browser gets it, what a screen reader says of it, and the box it stands in."""

    key: str
    spec: dict[str, Any]
    alt: str
    box: str = ""


@dataclass(frozen=True)
class Sight:
    """One page as one reader sees it."""

    slug: str
    lang: str
    choices: dict[str, Any]
    html: list[str]
    figures: list[Drawing]
    maps: list[Drawing]
    files: list[File]
    kinds: set[str]

    @property
    def where(self) -> str:
        """Return what a failing test says of it: the page and what is chosen."""
        return " ".join([self.slug, self.lang, *(f"{id}={value}" for id, value in self.choices.items() if value)])


class Kept(MediaFileManager):
    """The manager of the files of the newest run: the test runner forgets its own."""

    newest: "Kept"

    def __init__(self, storage) -> None:
        super().__init__(storage)
        type(self).newest = self


@dataclass
class Walk:
    """A page of a programme in one session, whose choices are tried one after another."""

    app: AppTest
    spec: PageSpec
    options: dict[str, tuple[str, ...] | None]
    lang: str
    most: int
    snapshot: str
    tried: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)

    def run(self) -> Sight:
        """Run the page with the data below every figure laid open, and take what it shows."""
        self.lay_open()
        self.app.run()
        if {key_of(one.proto.id) for one in self.app.get("expander")} - self.opened:
            self.lay_open()
            self.app.run()
        assert not self.app.exception, (self.spec.slug, self.choices(), self.app.exception)
        return self.sight()

    def lay_open(self) -> None:
        self.opened |= {key_of(one.proto.id) for one in self.app.get("expander")}
        for key in self.opened:
            self.app.session_state[key] = True

    def sight(self) -> Sight:
        return Sight(
            self.spec.slug,
            self.lang,
            self.choices(),
            [self.told(one.proto.body) for one in self.app.get("html")],
            [self.drawing(one.proto, one.proto.spec) for one in self.app.get("plotly_chart")],
            [self.drawing(one.proto, one.proto.json, box) for box, one in boxed(self.app._tree) if one.type in MAPS],
            [self.file(one.proto) for one in self.app.get("download_button") if self.is_new(one.proto.id)],
            {one.type for one in self.app._tree},
        )

    def told(self, words: str) -> str:
        """Return words without the id of the snapshot, which changes with any file, and the time it was built."""
        return TIME.sub("TIME", words.replace(self.snapshot, SNAPSHOT).replace(self.snapshot[:8], SNAPSHOT))

    def drawing(self, proto, written: str, box: str = "") -> Drawing:
        key = key_of(proto.id) or box.removesuffix("_box")
        return Drawing(key, json.loads(self.told(written)), proto.alt, box)

    def is_new(self, id: str) -> bool:
        """Say whether a button was not pressed before."""
        new = id not in self.taken
        self.taken.add(id)
        return new

    def file(self, proto) -> File:
        """Press a button as the browser does: a file that is made when asked for is asked for."""
        address = Kept.newest.execute_deferred(proto.deferred_file_id) if proto.deferred_file_id else proto.url
        found = Kept.newest.read_file(address.rpartition("/")[2])
        return File(key_of(proto.id), self.told(found.filename), found.content)

    def choices(self) -> dict[str, Any]:
        """Return what is chosen, the day among it."""
        return {id: self.app.session_state[id] for id in ("as_of", *self.options) if id in self.app.session_state}

    def offered(self) -> dict[str, int]:
        """Return the page's own choices among its widgets, with how many options each has."""
        widgets = [*self.app.selectbox, *self.app.segmented_control]
        return {one.key: len(one.options) for one in widgets if one.key in self.options}

    def choose(self, id: str, place: int) -> None:
        if any(one.key == id for one in self.app.selectbox):
            self.app.selectbox(key=id).select_index(place)
        else:
            self.app.session_state[id] = self.options[id][place]

    def place(self, id: str) -> int:
        """Return which option of a choice is held."""
        if any(one.key == id for one in self.app.selectbox):
            return self.app.selectbox(key=id).index or 0
        return self.options[id].index(self.app.session_state[id])

    def explored(self) -> Iterator[Sight]:
        """Yield what every choice shows, one at a time; a choice that another one reveals is tried there."""
        for id, count in self.offered().items():
            if id in self.tried:
                continue
            self.tried.add(id)
            before = self.place(id)
            for place in drawn(id, count, self.most):
                self.choose(id, place)
                yield self.run()
                yield from self.explored()
            self.choose(id, before)
            self.run()


def drawn(id: str, count: int, most: int) -> list[int]:
    """Return the places of the options of a choice that are tried."""
    if count <= most:
        return list(range(count))
    inner = random.Random(id).sample(range(1, count - 1), most - 2)
    return [0, *sorted(inner), count - 1]


def key_of(id: str) -> str:
    """Return the key that a page gave to an element."""
    return id.split("-", 2)[-1]


def boxed(node, box: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every element below one with the key of the innermost box that has one."""
    for child in getattr(node, "children", {}).values():
        own = key_of(getattr(getattr(child, "proto", None), "id", ""))
        yield box, child
        yield from boxed(child, own or box)


def links(snapshot: Snapshot) -> list[dict[str, str]]:
    """Return the ways to come to a page: by its bare link, in the other language, and as of days long gone."""
    days = periods(snapshot)
    early = [days[len(days) // 8], days[len(days) // 2]]
    return [{}, {"lang": "en"}, *({"as_of": day.isoformat()} for day in early)]


@cache
def sights(programme: str, data: Path | None = None, most: int = MOST) -> list[Sight]:
    """Return all that the pages of a programme show, those of another data folder where one is given."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_test, "MediaFileManager", Kept)
        if data:
            patch.setenv("IMPACT_DATA", str(data))
        snapshot = build.snapshots()[programme]
        return [sight for spec in pages().values() for sight in seen(snapshot, spec, most)]


def seen(snapshot: Snapshot, spec: PageSpec, most: int) -> Iterator[Sight]:
    known = {choice.id: choice.options for choice in reader.page_choices(spec, snapshot)}
    for link in links(snapshot):
        app = AppTest.from_file(str(FRAME), default_timeout=60)
        arrived = {"lang": "it", "programme": snapshot.programme_id, **link}
        app.query_params.update(arrived)
        app.switch_page(f"../../pages/{spec.script.name}")
        app.run()
        walk = Walk(app, spec, known, arrived["lang"], most, snapshot.id)
        yield walk.run()
        if not link:
            yield from walk.explored()
