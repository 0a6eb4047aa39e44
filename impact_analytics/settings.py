"""Paths and switches: the only reader of the environment."""

import getpass
import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
PAGES = ROOT / "pages"
SQL = PACKAGE / "sql"
STATIC = PACKAGE / "ui" / "static"
CONFIG = ROOT / ".streamlit" / "config.toml"


def data_folder() -> Path:
    """Return the folder of programme folders, or one programme folder: `IMPACT_DATA`, else the data that we ship."""
    return Path(os.environ.get("IMPACT_DATA") or ROOT / "data").expanduser().resolve()


def cache_folder() -> Path:
    """Return the folder where built databases go: `IMPACT_CACHE`, else `.cache` beside the project."""
    return Path(os.environ.get("IMPACT_CACHE") or ROOT / ".cache").expanduser().resolve()


def operator() -> str:
    """Return who may hand in data without signing in: `local`, whoever sits at this machine, or nobody."""
    return os.environ.get("IMPACT_OPERATOR", "").strip().lower()


def terminal_language() -> str:
    """Return the language of the terminal: `it` where the locale is Italian, else `en`."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "it" if locale.lower().startswith("it") else "en"


def terminal_user() -> str:
    """Return who is at the terminal, by the system's name for them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # no entry, as in some containers; OSError from Python 3.13 on
        return "unknown"
