"""The guard: no test and no process that a test starts reaches another machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest

from tests.loopback import Loopback
from tests.network_guard.guard import is_local, take_refusals

# Addresses and names that are reserved for documentation (RFC 5737, RFC 3849, RFC 6761): nobody has them.
ADDRESS, ADDRESS_6, NAME = "192.0.2.1", "2001:db8::1", "papers.example"


@pytest.fixture(autouse=True)
def refusals() -> Iterator[Callable[[], str]]:
    """Return a function that reads the log of refused attempts, and empty the log: these attempts are intended."""
    yield take_refusals
    take_refusals()


def connect(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as opened:
        opened.connect((address, 443))


def send(address: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        opened.sendto(b"x", (address, 53))


ATTEMPTS: dict[str, Callable[[], object]] = {
    "connect": lambda: connect(socket.AF_INET, ADDRESS),
    "connect by IPv6": lambda: connect(socket.AF_INET6, ADDRESS_6),
    "datagram": lambda: send(ADDRESS),
    "look-up": lambda: socket.getaddrinfo(NAME, 443),
    "old look-up": lambda: socket.gethostbyname(NAME),
    "urllib": lambda: urllib.request.urlopen(f"http://{NAME}/"),
    "httpx": lambda: httpx.get(f"http://{NAME}/"),
    "httpx by address": lambda: httpx.get(f"https://{ADDRESS}/"),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS.keys())
def test_the_test_process_reaches_no_other_machine(attempt: Callable[[], object], refusals: Callable[[], str]) -> None:
    with pytest.raises(Exception, match=r"test_the_test_process_reaches_no_other_machine.*tried to reach"):
        attempt()
    assert "tried to reach" in refusals()


CHILD = f"""
import urllib.request
try:
    urllib.request.urlopen("http://{NAME}/")
except Exception as e:
    print(type(e).__name__)
"""


@pytest.mark.parametrize(
    "environment", [None, {}, {"PYTHONPATH": "/somewhere"}], ids=["inherited", "empty", "own path"]
)
def test_no_process_that_a_test_starts_reaches_another_machine(
    environment: dict[str, str] | None, refusals: Callable[[], str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, "an argument"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "NetworkAccessError\n"
    (refusal,) = refusals().splitlines()
    assert "test_no_process_that_a_test_starts_reaches_another_machine" in refusal
    assert f"-c an argument) tried to reach {NAME}" in refusal


class Greeting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def test_this_machine_is_reached(refusals: Callable[[], str]) -> None:
    with Loopback(Greeting) as server:
        assert httpx.get(server.url).text == "hello"
        assert httpx.get(server.url.replace("127.0.0.1", "localhost")).text == "hello"
        program = f"import urllib.request; print(urllib.request.urlopen('{server.url}').read().decode())"
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "hello\n"
    assert refusals() == ""


@pytest.mark.parametrize("host", ["127.evil.example", "localhost.example", "10.0.0.1", "::2", b"papers.example", 5])
def test_other_hosts_are_not_local(host: object) -> None:
    assert not is_local(host)


def test_a_sitecustomize_of_the_child_itself_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.customized = True\n", "utf-8")
    program = "import sys, socket; print(sys.customized, socket.getaddrinfo.is_guarded)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=True)
    assert done.stdout == "True True\n"
