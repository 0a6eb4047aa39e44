"""Write requirements.lock: the version of every package that requirements-dev.txt resolves to, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEADER = """\
# Written by `make lock`; do not edit. Every package that requirements-dev.txt pulls in, with its version.
# Used as constraints: pip install -r requirements.txt -c requirements.lock
"""


def resolved() -> list[str]:
    """Return `name==version` of what pip would install into an empty environment, in alphabetical order."""
    options = ["--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    command = [sys.executable, "-m", "pip", "install", *options, "-r", str(ROOT / "requirements-dev.txt")]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    packages = [item["metadata"] for item in report["install"]]
    return sorted((f"{package['name']}=={package['version']}" for package in packages), key=str.lower)


if __name__ == "__main__":
    pins = resolved()
    (ROOT / "requirements.lock").write_text(HEADER + "\n".join(pins) + "\n", encoding="utf-8", newline="\n")
    print(f"requirements.lock: {len(pins)} packages")
