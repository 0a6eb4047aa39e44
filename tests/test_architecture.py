"""The tree keeps its rules: who may import whom, what may be called how, and who may know which programme this is.

Each rule is a function from a checkout's root to the sentences of what breaks it. It is run on this checkout, and on
made-up trees that break it, so that a rule which can no longer fail is noticed.
"""

import ast
import csv
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "impact_analytics"


class Place(NamedTuple):
    floor: int
    never: tuple[str, ...] = ()  # what it may not import although it lies below, or is not ours


# A module imports only from floors below its own; inside a folder its files may know each other.
PLACES = {
    "__init__": Place(0),
    "settings": Place(0),
    "i18n": Place(0),
    "formats": Place(1),
    "theme": Place(1),
    "semantics": Place(1),
    "programme": Place(1),
    "frames": Place(1),
    "contract": Place(1),
    "problems": Place(1),
    "filters": Place(2),
    "status": Place(2),
    "store": Place(2, never=(f"{PACKAGE}.semantics",)),
    "geo": Place(2),
    "datafiles": Place(2),
    "plain": Place(3, never=("duckdb", f"{PACKAGE}.store")),
    "sheets": Place(3),
    "supplied": Place(2),
    "checks": Place(4),
    "deliveries": Place(4),
    "example": Place(4),
    "starter": Place(4),
    "queries": Place(4, never=("plotly", "pydeck")),
    "charts": Place(4, never=("duckdb", f"{PACKAGE}.store")),
    "maps": Place(4, never=("duckdb", f"{PACKAGE}.store")),
    "exports": Place(4),
    "build": Place(5),
    "ingest": Place(6),
    "verify": Place(6),
    "cli": Place(7),
    "ui": Place(7),
    "__main__": Place(8),  # starts cli, and no more
    "dashboard": Place(8),
    "pages": Place(8),
}
PAGES_MAY_IMPORT = {f"{PACKAGE}.{name}" for name in ("ui", "queries", "charts", "maps", "exports")}
STREAMLIT_LIVES_IN = {"ui", "pages", "dashboard"}
ENVIRONMENT_READER = "settings"
VAGUE = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}

# What in a programme's data names it: texts, amounts and terms.
NAMES = {
    "territory": ("territory", "name_it", "name_en"),
    "project": ("project_id", "title", "prog_code", "cup", "lead"),
    "programme_call": ("call_id", "title_it", "title_en", "fund_it", "fund_en"),
    "action_line": ("title_it", "title_en"),
    "body": ("name_it", "name_en"),
    "partner": ("name",),
}
ONE_WORD_TELLS = {"territory", "project", "programme_call"}  # a partner may be called "Less"
AMOUNTS = {"endowment": ("amount_eur",), "allocation_rule": ("fixed_eur",), "funding": ("amount_eur",)}
TERMS = {"deadline": ("ends_on",)}
OURS = re.compile(rf"{PACKAGE}|IMPACT Analytics|\bIMPACT_[A-Z_]+\b")
TEXTS = {".py", ".sql", ".toml", ".css", ".html", ".js", ".svg"}


# ---------------------------------------------------------------- reading a tree


@dataclass(frozen=True)
class Module:
    path: Path  # from the root
    tree: ast.Module

    @property
    def place(self) -> str:
        return self.path.with_suffix("").parts[1 if self.path.parts[0] == PACKAGE else 0]

    def at(self, node: ast.AST, sentence: str) -> str:
        return f"{self.path.as_posix()}:{getattr(node, 'lineno', 1)}: {sentence}"


def source_files(root: Path) -> list[Path]:
    folders = [path for name in (PACKAGE, "pages") for path in (root / name).rglob("*") if path.is_file()]
    return sorted(path for path in [*folders, root / "dashboard.py"] if path.exists() and path.suffix in TEXTS)


def modules(root: Path) -> list[Module]:
    python = [path for path in source_files(root) if path.suffix == ".py"]
    return [Module(path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))) for path in python]


def imports(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Every dotted name that a module imports, also below `if TYPE_CHECKING` and through importlib."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from ((node, alias.name) for alias in names)
            case ast.ImportFrom(names=names):
                origin = imported_from(module, node)
                yield from ((node, f"{origin}.{alias.name}") for alias in names)
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield node, name


def imported_from(module: Module, node: ast.ImportFrom) -> str:
    parents = module.path.parent.parts
    base = parents[: len(parents) - node.level + 1] if node.level else ()
    return ".".join((*base, *([node.module] if node.module else [])))


def imported_place(name: str) -> str | None:
    """The place in the table that an imported name belongs to; None for other people's packages."""
    first, *rest = name.split(".")
    if first in ("dashboard", "pages"):
        return first
    if first != PACKAGE:
        return None
    return rest[0] if rest and (rest[0] in PLACES or not rest[0].startswith("__")) else "__init__"


def within(name: str, packages: set[str] | tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


# ---------------------------------------------------------------- the rules


def unlisted_modules(root: Path) -> list[str]:
    return [
        f"{module.path.as_posix()}: give it a floor in PLACES, or a place inside a module that has one"
        for module in modules(root)
        if module.place not in PLACES
    ]


def imports_from_above(root: Path) -> list[str]:
    found = []
    for module in modules(root):
        own = PLACES.get(module.place, Place(0))
        for node, name in imports(module):
            place = imported_place(name)
            if place and place != module.place and PLACES.get(place, Place(99)).floor >= own.floor:
                found.append(module.at(node, f"{module.place} may not know {name}, which is not on a floor below"))
            if within(name, own.never):
                found.append(module.at(node, f"{module.place} may not know {name}"))
    return found


def streamlit_elsewhere(root: Path) -> list[str]:
    return [
        module.at(node, "streamlit lives in dashboard.py, pages/ and ui/ only")
        for module in modules(root)
        if module.place not in STREAMLIT_LIVES_IN
        for node, name in imports(module)
        if within(name, ("streamlit",))
    ]


def environment_readers(root: Path) -> list[str]:
    words = {"environ", "environb", "getenv", "getenvb"}
    found = []
    for module in (module for module in modules(root) if module.place != ENVIRONMENT_READER):
        reads = [n for n in ast.walk(module.tree) if isinstance(n, ast.Attribute) and n.attr in words]
        reads += [node for node, name in imports(module) if name in {f"os.{word}" for word in words}]
        found += [module.at(node, f"only {ENVIRONMENT_READER}.py reads the environment") for node in reads]
    return found


def pages_that_know_too_much(root: Path) -> list[str]:
    return [
        module.at(node, f"a page imports only {', '.join(sorted(PAGES_MAY_IMPORT))}, not {name}")
        for module in modules(root)
        if module.place == "pages"
        for node, name in imports(module)
        if imported_place(name) and not within(name, PAGES_MAY_IMPORT)
    ]


def vague_names(root: Path) -> list[str]:
    return [
        f"{module.path.as_posix()}: a module is named after what it holds"
        for module in modules(root)
        if VAGUE & {word for part in module.path.with_suffix("").parts for word in part.split("_")}
    ]


def getters(root: Path) -> list[str]:
    return [
        module.at(node, f"{node.name}: a function is named after what it does or what it returns")
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.lstrip("_").startswith("get_")
    ]


def broad_excepts(root: Path) -> list[str]:
    return [
        module.at(node, "name the errors that are expected")
        for module in modules(root)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or catches_all(node.type))
    ]


def catches_all(caught: ast.expr) -> bool:
    return any(isinstance(n, ast.Name) and n.id in ("Exception", "BaseException") for n in ast.walk(caught))


def programme_knowledge(root: Path) -> list[str]:
    found = []
    for folder in programme_folders(root):
        telling, amounts = telling_words(folder), telling_amounts(folder)
        for path in source_files(root):
            text = OURS.sub(lambda match: " " * len(match[0]), path.read_text(encoding="utf-8"))
            hits = [(match.start(), match[0]) for match in telling.finditer(text)]
            hits += [(match.start(), match[0]) for match in NUMBER.finditer(text) if whole_euros(match[0]) in amounts]
            where = path.relative_to(root).as_posix()
            found += [
                f"{where}:{text.count(chr(10), 0, start) + 1}: {word!r} is known to data/{folder.name} only"
                for start, word in sorted(hits)
            ]
    return found


# ---------------------------------------------------------------- what a programme's data tells

BETWEEN_WORDS = r"[\s#*-]+"  # a comment may wrap
NUMBER = re.compile(r"(?<![\w.#])\d[\d_.,]*\d")


def programme_folders(root: Path) -> list[Path]:
    """The programmes that code may not know; of the invented one its own module writes the data."""
    return sorted(path for path in (root / "data").glob("*") if path.is_dir() and path.name != "example")


def told(folder: Path, columns: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """Table and value of every cell in the columns."""
    for table, names in columns.items():
        path = folder / f"{table}.csv"
        if path.exists():
            with path.open(encoding="utf-8-sig", newline="") as lines:
                yield from ((table, row[name].strip()) for row in csv.DictReader(lines) for name in names if row[name])


def settings_told(folder: Path) -> Iterator[tuple[str, str]]:
    path = folder / "programme.toml"
    settings = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    yield from (("programme_call", text) for key in ("name", "title") for text in settings.get(key, {}).values())
    yield from (("body", text) for role in settings.get("roles", {}).values() for text in role.values())
    if "default_as_of" in settings:
        yield "programme_call", settings["default_as_of"].isoformat()


def telling_words(folder: Path) -> re.Pattern[str]:
    """Phrases in any case; single words as they are written, where they tell; the folder's own id where it is meant."""
    values = {*told(folder, NAMES), *told(folder, TERMS), *settings_told(folder)}
    phrases = {BETWEEN_WORDS.join(map(re.escape, value.split())) for _, value in values if " " in value}
    words = {
        re.escape(value)
        for table, value in values
        if " " not in value and len(value) > 3 and (table in ONE_WORD_TELLS or table in TERMS)
    }
    phrases_or_words = "|".join([rf"(?i:{phrase})" for phrase in sorted(phrases)] + sorted(words))
    own_id = rf"""data/{folder.name}(?!\w)|(["']){folder.name}\1"""
    return re.compile(rf"{own_id}|(?<!\w)(?:{phrases_or_words})(?!\w)" if phrases_or_words else own_id)


def telling_amounts(folder: Path) -> set[str]:
    """Amounts of five digits and more, but for round ones."""
    euros = {str(int(Decimal(value))) for _, value in told(folder, AMOUNTS)}
    return {digits for digits in euros if len(digits) > 4 and len(digits.rstrip("0")) > 1}


def whole_euros(number: str) -> str:
    return re.sub(r"\D", "", re.sub(r"[.,]\d{1,2}$", "", number))


# ---------------------------------------------------------------- the tests

RULES: dict[Callable[[Path], list[str]], list[tuple[str, str]]] = {
    # rule: (a path, what it holds) that breaks it
    unlisted_modules: [
        ("impact_analytics/novelty.py", ""),
        ("impact_analytics/novelty/__init__.py", ""),
    ],
    imports_from_above: [
        ("impact_analytics/formats.py", "import impact_analytics.queries"),
        ("impact_analytics/formats.py", "from impact_analytics import theme"),
        ("impact_analytics/settings.py", "from .build import rows"),
        ("impact_analytics/charts/trend.py", "from ..maps import deck"),
        ("impact_analytics/charts/trend.py", "def draw():\n    from impact_analytics.store import cursor"),
        ("impact_analytics/charts/trend.py", "import duckdb"),
        ("impact_analytics/queries.py", "from plotly.graph_objects import Figure"),
        ("impact_analytics/store.py", "from impact_analytics.semantics import Metric"),
        (
            "impact_analytics/geo.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import impact_analytics.ui",
        ),
        ("impact_analytics/cli.py", "import importlib\nimportlib.import_module('impact_analytics.ui')"),
        ("impact_analytics/ui/frame.py", "import dashboard"),
    ],
    streamlit_elsewhere: [
        ("impact_analytics/charts/trend.py", "import streamlit as st"),
        ("impact_analytics/exports/slides.py", "from streamlit.runtime import exists"),
    ],
    environment_readers: [
        ("impact_analytics/store.py", "import os\nos.environ['HOME']"),
        ("impact_analytics/ui/frame.py", "from os import getenv"),
        ("dashboard.py", "import os as o\no.getenv('HOME')"),
    ],
    pages_that_know_too_much: [
        ("pages/10_overview.py", "from impact_analytics import filters"),
        ("pages/10_overview.py", "import impact_analytics.store"),
        ("pages/10_overview.py", "import impact_analytics"),
    ],
    vague_names: [
        ("impact_analytics/utils.py", ""),
        ("impact_analytics/charts/_axis_helpers.py", ""),
        ("impact_analytics/common/money.py", ""),
    ],
    getters: [
        ("impact_analytics/store.py", "def get_rows(): ..."),
        ("pages/10_overview.py", "class Page:\n    async def _get_rows(self): ..."),
    ],
    broad_excepts: [
        ("impact_analytics/store.py", "try:\n    pass\nexcept:\n    pass"),
        ("impact_analytics/store.py", "try:\n    pass\nexcept Exception as error:\n    raise error"),
        ("dashboard.py", "try:\n    pass\nexcept (ValueError, BaseException):\n    pass"),
    ],
    programme_knowledge: [
        ("impact_analytics/geo.py", "# Northern\n# Reach lies far away"),
        ("impact_analytics/sql/facts/funding.sql", "SELECT * FROM funding WHERE territory = 'XX01'"),
        ("impact_analytics/ui/static/style.css", "/* the reeds project */"),
        ("impact_analytics/metrics/paid.toml", 'caveat = "Only in call_9"'),
        ("impact_analytics/exports/html/letter.html", "<p>Ministry of reeds</p>"),
        ("impact_analytics/formats.py", "FIXED = 340_000"),
        ("impact_analytics/formats.py", '"""Write 1234567.89 as 1.234.567,89."""'),
        ("impact_analytics/filters.py", '"""Read `as_of=2031-03-31`."""'),
        ("impact_analytics/cli.py", 'FIRST = "made_up"'),
        ("pages/10_overview.toml", 'note = "see data/made_up"'),
    ],
}
MADE_UP_DATA = {
    "programme.toml": 'default_as_of = 2031-06-30\nname = {en = "MADE UP"}\n[roles]\nlead = {en = "Ministry of Reeds"}',
    "territory.csv": "territory,name_it,name_en\nXX01,Sponda Nord,Northern Reach\n",
    "project.csv": "project_id,title,prog_code,cup,lead\ncall_9-XX01,The Reeds Project,,,\n",
    "programme_call.csv": "call_id,title_it,title_en,fund_it,fund_en\ncall_9,Bando nove,Call nine,Fondo,Fund\n",
    "allocation_rule.csv": "call_id,fixed_eur\ncall_9,340000.00\n",
    "endowment.csv": "endowment_id,amount_eur\nfirst,1234567.89\nround,100000\n",
    "deadline.csv": "deadline_id,ends_on\nfirst,2031-03-31\n",
    "partner.csv": "partner_id,name\nless,Less\n",
}
LAWFUL = {
    "impact_analytics/__init__.py": '"""IMPACT Analytics."""\n__version__ = "1"',
    "impact_analytics/settings.py": "import os\nDATA = os.environ.get('IMPACT_DATA')",
    "impact_analytics/formats.py": "from . import settings\nLEAST = 100_000  # no less, by Northern rules",
    "impact_analytics/charts/__init__.py": "",
    "impact_analytics/charts/trend.py": "from impact_analytics import formats\nfrom .axes import money",
    "impact_analytics/charts/axes.py": "def money(): ...",
    "impact_analytics/queries.py": "try:\n    import duckdb\nexcept ImportError:\n    raise",
    "impact_analytics/ui/frame.py": "import streamlit\nfrom impact_analytics import __version__, build",
    "impact_analytics/__main__.py": "from impact_analytics.cli import main",
    "pages/10_overview.py": "import streamlit\nfrom impact_analytics import charts\nimport impact_analytics.ui.page",
    "dashboard.py": "from impact_analytics.ui import frame",
}


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    return write(tmp_path, {f"data/made_up/{name}": text for name, text in MADE_UP_DATA.items()})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_this_checkout_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    broken = rule(ROOT)
    assert not broken, "\n".join(["", *broken])


@pytest.mark.parametrize("folder", programme_folders(ROOT), ids=lambda folder: folder.name)
def test_the_columns_that_tell_exist(folder: Path) -> None:
    """A renamed column would leave the rule without words."""
    for table, columns in (NAMES | AMOUNTS | TERMS).items():
        path = folder / f"{table}.csv"
        header = path.read_text(encoding="utf-8-sig").partition("\n")[0].split(",") if path.exists() else columns
        assert set(columns) <= {name.strip() for name in header}, f"{path}: NAMES, AMOUNTS, TERMS ask for {columns}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_lets_lawful_code_pass(rule: Callable[[Path], list[str]], made_up: Path) -> None:
    assert rule(write(made_up, LAWFUL)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_rule_lets_an_empty_tree_pass(rule: Callable[[Path], list[str]], tmp_path: Path) -> None:
    assert rule(tmp_path) == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        pytest.param(rule, path, text, id=f"{rule.__name__}-{number}")
        for rule, cases in RULES.items()
        for number, (path, text) in enumerate(cases)
    ],
)
def test_a_rule_names_what_breaks_it(rule: Callable[[Path], list[str]], path: str, text: str, made_up: Path) -> None:
    broken = rule(write(made_up, {**LAWFUL, path: text}))
    assert broken
    assert all(sentence.startswith(path) for sentence in broken)
