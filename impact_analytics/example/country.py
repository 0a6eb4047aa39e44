"""Invent a country: a coast, an island, territories that share their borders; the same seed gives the same bytes.

The country is a set of small hexagons on which territories grow from a few centres. Borders run along the hexagons,
are smoothed and then roughened; a corner and a side depend on nothing but their own place, so neighbours meet exactly.
"""

import heapq
import math
import random
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from impact_analytics.geo import inside

Cell = tuple[int, int]  # axial coordinates of a hexagon
Corner = tuple[int, int]  # on a lattice of half widths and half sides
Xy = tuple[float, float]

ATTRIBUTION = {"it": "Un paese inventato, disegnato da un seme", "en": "An invented country, drawn from a seed"}
SIZE = 4.0  # degrees from the middle to the rim: near 0°, 0° a map is drawn without distortion
CELLS_PER_TERRITORY = 50
SPECK = 3  # an island of fewer cells is left out
ROUGHNESS = 0.2
SHAKE = 0.4
DECIMALS = 3
# the side of a hexagon, counter-clockwise: its first corner and the cell across it
SIDES: tuple[tuple[Corner, Cell], ...] = (
    ((1, 1), (0, 1)),
    ((0, 2), (-1, 1)),
    ((-1, 1), (-1, 0)),
    ((-1, -1), (0, -1)),
    ((0, -2), (1, -1)),
    ((1, -1), (1, 0)),
)


def areas(seed: int, count: int = 20, ids: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the GeoJSON of an invented country; territories are numbered from north to south."""
    keys = ids or [f"X{number:02}" for number in range(1, count + 1)]
    if len(set(keys)) != count:
        raise ValueError(f"{count} territories need {count} different ids, not {len(set(keys))}")
    rng = random.Random(seed)
    scale = SIZE / math.sqrt(count * CELLS_PER_TERRITORY)
    territories = sorted(grown(land(count, rng), count, rng), key=lambda cells: -middle(cells)[1])
    named = sorted(zip(keys, territories, strict=True))
    places = smoothed([ring for cells in territories for ring in outlines(cells)], seed)
    features = [feature(index, key, cells, places, scale) for index, (key, cells) in enumerate(named)]
    return {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}


def points(areas: Mapping[str, Any], territory: str, n: int, rng: random.Random) -> list[Xy]:
    """Return n points (lon, lat) inside a territory."""
    geometry = next(f["geometry"] for f in areas["features"] if f["properties"]["territory"] == territory)
    corners = [xy for polygon in geometry["coordinates"] for xy in polygon[0]]
    west, south = (min(axis) for axis in zip(*corners, strict=True))
    east, north = (max(axis) for axis in zip(*corners, strict=True))
    found: list[Xy] = []
    while len(found) < n:
        lon, lat = round(rng.uniform(west, east), DECIMALS), round(rng.uniform(south, north), DECIMALS)
        if inside(lon, lat, geometry):
            found.append((lon, lat))
    return found


def centre(cell: Cell) -> Xy:
    """Return the middle of a hexagon whose sides are 1 long."""
    return math.sqrt(3) * (cell[0] + cell[1] / 2), 1.5 * cell[1]


def middle(cells: Collection[Cell]) -> Xy:
    """Return the mean of the cells' middles."""
    return mean([centre(cell) for cell in cells])


def mean(places: Collection[Xy]) -> Xy:
    """Return the mean of some places."""
    xs, ys = zip(*places, strict=True)
    return math.fsum(xs) / len(places), math.fsum(ys) / len(places)


def neighbours(cell: Cell, among: Collection[Cell]) -> Iterator[Cell]:
    """Yield the cells beside a cell that belong to a set."""
    for _, (q, r) in SIDES:
        if (beside := (cell[0] + q, cell[1] + r)) in among:
            yield beside


def pieces(cells: Iterable[Cell]) -> list[set[Cell]]:
    """Split cells into connected pieces, the largest first."""
    left, found = dict.fromkeys(cells), []
    while left:
        piece, edge = set(), [next(iter(left))]
        while edge:
            cell = edge.pop()
            if cell in left:
                del left[cell]
                piece.add(cell)
                edge.extend(neighbours(cell, left))
        found.append(piece)
    return sorted(found, key=lambda piece: (-len(piece), min(piece)))


def land(count: int, rng: random.Random) -> list[set[Cell]]:
    """Return the mainland and its islands, at least one, as sets of cells; lakes are filled."""
    wanted = count * CELLS_PER_TERRITORY
    rim = math.sqrt(wanted) * 1.6
    reach = math.ceil(rim)
    square = [(q, r) for r in range(-reach, reach + 1) for q in range(-2 * reach, 2 * reach + 1)]
    grid = [cell for cell in square if math.dist(centre(cell), (0, 0)) < rim]
    found: list[set[Cell]] = []
    while len(found) < 2:
        height = relief(math.sqrt(wanted), rng)
        dry = set(sorted(grid, key=lambda cell: -height(*centre(cell)))[:wanted])
        lakes = pieces(cell for cell in grid if cell not in dry)[1:]
        found = [piece for piece in pieces(sorted(dry.union(*lakes))) if len(piece) >= SPECK]
    return found


def relief(size: float, rng: random.Random) -> Callable[[float, float], float]:
    """Return the height of a place: a mainland and an island with a strait between, roughened by waves."""
    turn = rng.uniform(0, math.tau)
    waves = [(2**octave, rng.uniform(0, math.tau), rng.uniform(0, math.tau)) for octave in range(5) for _ in range(3)]

    def height(x: float, y: float) -> float:
        along, across = x * math.cos(turn) + y * math.sin(turn), y * math.cos(turn) - x * math.sin(turn)
        main = 1 - math.hypot((along + 0.2 * size) / 1.2, across / 0.8) / size
        island = 0.5 - math.hypot(along - 0.95 * size, across - 0.25 * size) / size
        rough = sum(
            math.sin(2.4 * f * (x * math.cos(way) + y * math.sin(way)) / size + phase) / f**0.8
            for f, way, phase in waves
        )
        strait = 0.6 * math.exp(-(((main - island + 0.08 * rough) / 0.1) ** 2))
        return float(max(main, island) - strait + 0.15 * rough)

    return height


def grown(land: Sequence[set[Cell]], count: int, rng: random.Random) -> list[set[Cell]]:
    """Divide the land into territories of uneven, roughly equal size; small islands join the nearest."""
    large = [piece for piece in land if len(piece) > CELLS_PER_TERRITORY / 3] or [land[0]]
    shares = [max(1, round(count * len(piece) / sum(map(len, large)))) for piece in large]
    shares[0] += count - sum(shares)
    territories = [cells for piece, share in zip(large, shares, strict=True) for cells in divided(piece, share, rng)]
    for islet in land:
        if islet not in large:
            nearest = min(territories, key=lambda cells: gap(cells, islet))
            nearest |= islet
    return territories


def gap(cells: Iterable[Cell], islet: Collection[Cell]) -> float:
    """Return the distance from some cells to the middle of an islet."""
    place = middle(islet)
    return min(math.dist(centre(cell), place) for cell in cells)


def divided(piece: set[Cell], count: int, rng: random.Random, rounds: int = 12) -> list[set[Cell]]:
    """Divide connected cells into connected territories around centres that settle in their middle."""
    order = sorted(piece)
    effort = {cell: rng.uniform(0.5, 1.7) for cell in order}
    speed = [rng.uniform(0.85, 1.2) for _ in range(count)]
    centres = rng.sample(order, count)
    for _ in range(rounds):
        territories = spread(effort, centres, speed)
        middles = map(middle, territories)
        centres = [
            min(sorted(cells), key=lambda cell, at=at: math.dist(centre(cell), at))  # type: ignore[misc]
            for cells, at in zip(territories, middles, strict=True)
        ]
    return spread(effort, centres, speed)


def spread(effort: Mapping[Cell, float], centres: Sequence[Cell], speed: Sequence[float]) -> list[set[Cell]]:
    """Give every cell to the centre that reaches it with the least effort."""
    owner: dict[Cell, int] = {}
    queue = [(0.0, cell, index) for index, cell in enumerate(centres)]
    while queue:
        cost, cell, index = heapq.heappop(queue)
        if cell not in owner:
            owner[cell] = index
            for beside in neighbours(cell, effort):
                heapq.heappush(queue, (cost + effort[beside] / speed[index], beside, index))
    return [{cell for cell, mine in owner.items() if mine == index} for index in range(len(centres))]


def feature(index: int, key: str, cells: set[Cell], places: Mapping[Corner, Xy], scale: float) -> dict[str, Any]:
    """Return a territory as a GeoJSON feature with its label point."""
    rings = outlines(cells)
    border = [places[corner] for ring in rings for corner in ring]
    lon, lat = (round(scale * value, DECIMALS) for value in label(cells, border))
    return {
        "type": "Feature",
        "properties": {"territory": key, "i": index, "label_lon": lon, "label_lat": lat},
        "geometry": {"type": "MultiPolygon", "coordinates": nested([drawn(ring, places, scale) for ring in rings])},
    }


def outlines(cells: set[Cell]) -> list[list[Corner]]:
    """Return the corners around a set of cells, outer rings counter-clockwise, holes clockwise."""
    following: dict[Corner, Corner] = {}
    for q, r in sorted(cells):
        corners = [(2 * q + r + x, 3 * r + y) for (x, y), _ in SIDES]
        for side, (_, (over_q, over_r)) in enumerate(SIDES):
            if (q + over_q, r + over_r) not in cells:
                following[corners[side]] = corners[(side + 1) % 6]
    rings = []
    while following:
        ring = [next(iter(following))]
        while (corner := following.pop(ring[-1])) != ring[0]:
            ring.append(corner)
        rings.append(ring)
    return rings


def smoothed(rings: Iterable[Sequence[Corner]], seed: int, rounds: int = 2) -> dict[Corner, Xy]:
    """Return the place of every corner of a border, moved between the corners beside it."""
    beside: dict[Corner, set[Corner]] = {}
    for ring in rings:
        for a, b in pairwise([*ring, ring[0]]):
            beside.setdefault(a, set()).add(b)
            beside.setdefault(b, set()).add(a)
    places = {corner: shaken(corner, seed) for corner in sorted(beside)}
    for _ in range(rounds):
        places = {a: mean([place, place, *(places[b] for b in sorted(beside[a]))]) for a, place in places.items()}
    return places


def shaken(corner: Corner, seed: int) -> Xy:
    """Return the place of a corner, moved a little."""
    rng = random.Random(f"{seed} {corner}")
    return corner[0] * math.sqrt(3) / 2 + rng.uniform(-SHAKE, SHAKE), corner[1] / 2 + rng.uniform(-SHAKE, SHAKE)


def drawn(ring: Sequence[Corner], places: Mapping[Corner, Xy], scale: float) -> list[list[float]]:
    """Return the closed line through a ring of corners, in degrees."""
    line = [xy for a, b in pairwise([*ring, ring[0]]) for xy in side(places[a], places[b])]
    return [[round(scale * x, DECIMALS), round(scale * y, DECIMALS)] for x, y in [*line, line[0]]]


def side(a: Xy, b: Xy) -> list[Xy]:
    """Return the irregular line from a up to, without, b: the same from both ends."""
    low, high = sorted((a, b))
    line = bent(low, high, random.Random(f"{low} {high}"), depth=2)
    return line[:-1] if a == low else line[:0:-1]


def bent(a: Xy, b: Xy, rng: random.Random, depth: int) -> list[Xy]:
    """Return a line from a to b whose middle is moved sideways, and so for each half."""
    if depth == 0:
        return [a, b]
    move = rng.uniform(-ROUGHNESS, ROUGHNESS)
    mid = (a[0] + b[0]) / 2 - move * (b[1] - a[1]), (a[1] + b[1]) / 2 + move * (b[0] - a[0])
    return [*bent(a, mid, rng, depth - 1)[:-1], *bent(mid, b, rng, depth - 1)]


def label(cells: set[Cell], border: Sequence[Xy]) -> Xy:
    """Return the cell's middle farthest from the border, measured as a label is: wider than high."""
    room = {cell: min(math.hypot((x - u) / 1.6, y - v) for u, v in border) for cell in cells for x, y in [centre(cell)]}
    return centre(max(sorted(cells), key=lambda cell: room[cell]))


def nested(rings: list[list[list[float]]]) -> list[list[list[list[float]]]]:
    """Put every hole behind the outer ring around it."""
    outer = [[ring] for ring in rings if turned(ring) > 0]
    for hole in rings:
        if turned(hole) < 0:
            lon, lat = hole[0]
            owner = next(p for p in outer if inside(lon, lat, {"type": "Polygon", "coordinates": p[:1]}))
            owner.append(hole)
    return outer


def turned(ring: Sequence[Sequence[float]]) -> float:
    """Return twice the area of a closed ring, positive if it runs counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
