"""The README names the commands, targets, switches and folders that there are, and all of them."""

import re

import pytest

from impact_analytics.cli import GROUPS, _parser
from impact_analytics.settings import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"python -m impact_analytics ([a-z]+)")


def commands():
    """Return the commands that the parser knows."""
    (choices,) = [action.choices for action in _parser()._actions if isinstance(action.choices, dict)]
    return set(choices)


def test_every_command_stands_in_the_readme_and_no_other():
    assert GROUPS
    assert set(COMMAND.findall(README)) == commands()


@pytest.mark.parametrize(
    "line", [line for line in README.splitlines() if line.startswith(".venv/bin/python -m impact_analytics")]
)
def test_every_command_line_is_understood(line):
    words = line.partition("#")[0].split()[3:]
    assert _parser().parse_args(words).run


def test_every_target_and_path_that_it_names_is_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = re.findall(r"(?:`|^)make ([a-z-]+)", README, re.MULTILINE)
    assert set(named) <= targets
    for path in re.findall(r"\]\(([\w./-]+)\)", README):
        assert (ROOT / path).exists(), path


def test_every_switch_of_the_environment_is_explained():
    read = set(re.findall(r'"(IMPACT_[A-Z_]+)"', (PACKAGE / "settings.py").read_text(encoding="utf-8")))
    assert read
    assert {name for name in read if f"`{name}`" not in README} == set()
