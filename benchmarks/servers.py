"""Streamlit servers as processes of their own, on loopback ports, ended with the block that started them."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
PATIENCE = 180  # seconds: a first start builds every database
FLAGS = [
    "--server.headless=true",
    f"--server.address={HOST}",
    "--server.fileWatcherType=none",  # a file saved meanwhile would reload modules in the middle of a round
    "--client.showErrorDetails=full",  # the message of an exception, not an apology
]


class NotStarted(Exception):
    """A server did not answer; the message ends with what it said."""


@contextmanager
def serving(script: str, port: int = 0, env: Mapping[str, str] | None = None) -> Iterator[int]:
    """Run a Streamlit script until the block ends; yield its port, a free one unless one is asked for."""
    port = port or _free_port()
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}", *FLAGS]
    with TemporaryDirectory() as folder, (Path(folder) / "said").open("w+b") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
        try:
            if not _answers(process, port):
                said.seek(0)
                raise NotStarted(f"{script} does not answer on port {port}:\n{said.read().decode()[-3000:]}")
            yield port
        finally:
            _end(process)


def read(port: int, path: str) -> bytes:
    """Return the body at an address of a server; empty where it does not answer with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.read() if response.status == http.client.OK else b""
    except (OSError, http.client.HTTPException):
        return b""
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _answers(process: "subprocess.Popen[Any]", port: int) -> bool:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        if read(port, "/_stcore/health") == b"ok":
            return process.poll() is None  # somebody else's server may hold the port
        time.sleep(0.1)
    return False


def _end(process: "subprocess.Popen[Any]") -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
