"""Readers without a browser: websocket sessions that open a page and change one choice of the sidebar after another.

A reader sends back what a browser does: every choice made, the query string of its address, the hash of its page and
the hashes of the large messages it still holds. Whatever goes wrong raises Failed: an exception on the page, a page
other than the one asked for, a choice that did not arrive in the address.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from random import Random
from urllib.parse import parse_qsl

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.servers import HOST

CHANGED = ("as_of", "territory")  # keys of the choices that are changed
KEPT_RUNS = 2  # how long a browser holds a large message (global.maxCachedMessageAge)
TIMEOUT = 120  # seconds for one rerun
TRIES = 200  # draws for a combination that was not asked for yet
ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)


class Failed(Exception):
    """A rerun went wrong; the message says how."""


@dataclass(frozen=True)
class Rerun:
    """What one rerun took: seconds from request to script end, bytes received."""

    seconds: float
    bytes: int


@dataclass(frozen=True)
class Load:
    """The reruns of readers at the same time, and how many were done per second."""

    reruns: tuple[Rerun, ...]
    rate: float


@dataclass(frozen=True)
class Box:
    """A selectbox or multiselect: its widget id, options and what it shows."""

    id: str
    many: bool
    options: tuple[str, ...]
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Screen:
    """What a reader has before them; `link` is the query string they came with, `held` the runs of large messages."""

    page: str
    link: str = ""
    address: str = ""
    hash: str = ""
    run: int = 0
    boxes: Mapping[str, Box] = field(default_factory=dict)
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)


Combinations = set[tuple[tuple[str, ...], ...]]


async def load(
    port: int, page: str, link: str = "", *, sessions: int, steps: int, seed: str, had: Combinations
) -> Load:
    """Open a page (its path, "" for the first) in many sessions, then let each make its changes.

    `had` collects the combinations that were asked for, so that none is asked for twice.
    """
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(_wire(port)) for _ in range(sessions)]
        screens = await asyncio.gather(*(opened(wire, page, link) for wire in wires))
        start = time.perf_counter()
        walks = [
            _walk(wire, screen, steps, Random(f"{seed}/{number}"), had)
            for number, (wire, screen) in enumerate(zip(wires, screens, strict=True))
        ]
        reruns = [rerun for walk in await asyncio.gather(*walks) for rerun in walk]
        return Load(tuple(reruns), len(reruns) / (time.perf_counter() - start))


def _wire(port: int) -> connect:
    address = f"ws://{HOST}:{port}/_stcore/stream"
    return connect(address, subprotocols=[Subprotocol("streamlit")], max_size=None, compression=None, proxy=None)


async def opened(wire: ClientConnection, page: str, link: str) -> Screen:
    """Open a page by its link."""
    screen = (await rerun(wire, Screen(page, link, link)))[1]
    if missing := [key for key in CHANGED if key not in screen.boxes]:
        raise Failed(f"/{page}: no choice called {' or '.join(missing)} on the screen")
    return screen


async def _walk(wire: ClientConnection, screen: Screen, steps: int, draw: Random, had: Combinations) -> list[Rerun]:
    reruns = []
    for _ in range(steps):
        took, after = await rerun(wire, _changed(screen, draw, had))
        if after.address == screen.address:
            raise Failed(f"/{screen.page}?{screen.address}: a choice did not arrive in the address")
        reruns.append(took)
        screen = after
    return reruns


def _changed(screen: Screen, draw: Random, had: Combinations) -> Screen:
    """Change one choice, to a combination that nobody has had where there is one left."""
    for _ in range(TRIES):
        box = screen.boxes[key := draw.choice(CHANGED)]
        values = tuple(sorted(draw.sample(box.options, draw.randint(1, 2) if box.many else 1)))
        if values == box.shown:
            continue
        changed = replace(screen, chosen={**screen.chosen, key: values})
        combination = tuple(changed.chosen.get(key, changed.boxes[key].shown) for key in CHANGED)
        if combination not in had:
            had.add(combination)
            return changed
    had.clear()
    return _changed(screen, draw, had)


async def rerun(wire: ClientConnection, screen: Screen) -> tuple[Rerun, Screen]:
    """Ask for one rerun and wait for the end of the script."""
    start = time.perf_counter()
    await wire.send(_request(screen))
    messages: list[ForwardMsg] = []
    size = 0
    async with asyncio.timeout(TIMEOUT):
        while not messages or not (messages[-1].HasField("script_finished") and messages[-1].script_finished in ENDS):
            raw = await wire.recv(decode=False)
            size += len(raw)
            messages.append(ForwardMsg.FromString(raw))
    return Rerun(time.perf_counter() - start, size), _after(screen, messages)


def _request(screen: Screen) -> bytes:
    message = BackMsg()
    asked = message.rerun_script
    asked.query_string = screen.address
    asked.page_script_hash = screen.hash
    asked.page_name = "" if screen.hash else screen.page
    asked.cached_message_hashes.extend(screen.held)
    asked.context_info.locale = "it-IT"
    asked.context_info.timezone = "Europe/Rome"
    asked.context_info.color_scheme = "light"
    for key, values in screen.chosen.items():
        state = asked.widget_states.widgets.add(id=screen.boxes[key].id)
        if screen.boxes[key].many:
            state.string_array_value.data.extend(values)
        else:
            state.string_value = values[0]
    return bytes(message.SerializeToString())


def _after(screen: Screen, messages: Sequence[ForwardMsg]) -> Screen:
    """Return what is on the screen after these messages; raise Failed where it is not what was asked for."""
    elements = [message.delta.new_element for message in messages if message.HasField("delta")]
    where = f"/{screen.page}?{screen.address}"
    for element in elements:
        if element.HasField("exception") and not element.exception.is_warning:
            raise Failed(f"{where}: {element.exception.type}: {element.exception.message}")
    if messages[-1].script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
        raise Failed(f"{where}: the script could not be compiled")
    addresses = [
        message.page_info_changed.query_string for message in messages if message.HasField("page_info_changed")
    ]
    address = (addresses or [screen.address])[-1]
    if lost := [pair for pair in parse_qsl(screen.link) if pair not in parse_qsl(address)]:
        raise Failed(f"{where}: the address has lost {lost}")
    run = screen.run + 1
    held = {message.hash or message.ref_hash: run for message in messages if _is_kept(message)}
    return replace(
        screen,
        hash=_page_hash(screen, messages, where),
        address=address,
        run=run,
        held={known: last for known, last in {**screen.held, **held}.items() if run - last < KEPT_RUNS},
        boxes={**screen.boxes, **_boxes(elements)},
    )


def _page_hash(screen: Screen, messages: Sequence[ForwardMsg], where: str) -> str:
    """Return the hash of the page that st.navigation chose; raise Failed where that is another page."""
    found = [message.navigation for message in messages if message.HasField("navigation")]
    if not found or any(message.HasField("page_not_found") for message in messages):
        raise Failed(f"{where}: there is no such page")
    paths = {page.page_script_hash: "" if page.is_default else page.url_pathname for page in found[-1].app_pages}
    chosen = found[-1].page_script_hash
    if paths[chosen] != screen.page or (screen.hash and chosen != screen.hash):
        raise Failed(f"{where}: the server ran page /{paths[chosen]} instead")
    return chosen


def _is_kept(message: ForwardMsg) -> bool:
    return message.metadata.cacheable or message.HasField("ref_hash")


def _boxes(elements: Sequence[Element]) -> dict[str, Box]:
    found = [box for element in elements if (box := _box(element))]
    return {key: box for box in found for key in CHANGED if box.id.endswith(f"-{key}")}


def _box(element: Element) -> Box | None:
    if element.HasField("selectbox"):
        one = element.selectbox
        shown = [one.raw_value] if one.set_value else [one.options[one.default]] if one.HasField("default") else []
        return Box(one.id, many=False, options=tuple(one.options), shown=tuple(shown))
    if element.HasField("multiselect"):
        many = element.multiselect
        shown = list(many.raw_values) if many.set_value else [many.options[number] for number in many.default]
        return Box(many.id, many=True, options=tuple(many.options), shown=tuple(sorted(shown)))
    return None
