"""Guard that refuses connections beyond this machine, in the test process and in every Python process it starts.

`tests/conftest.py` installs the guard in the test process and calls `guard_children`. That puts this folder on the
PYTHONPATH of every process started by a test, so that Python imports `sitecustomize` of this folder, which installs the
guard there. Every refused attempt is written to the file named by LOG_VARIABLE, because a program may ignore the error;
a fixture fails the test whose log is not empty. Uses the standard library only, since it runs in any environment.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LOG_VARIABLE = "TESTS_NETWORK_LOG"
TEST_VARIABLE = "PYTEST_CURRENT_TEST"
"""Set by pytest to the test that runs, and inherited by the processes it starts."""


class NetworkAccessError(Exception):
    """Attempt to reach another machine. Not an OSError: programs take an OSError for an unreachable upstream."""


def install() -> None:
    """Refuse connections and look-ups beyond this machine in this process; a second call changes nothing."""
    if getattr(socket.getaddrinfo, "is_guarded", False):
        return
    for name in ("connect", "connect_ex"):
        setattr(socket.socket, name, _guard_method(getattr(socket.socket, name)))
    socket.socket.sendto = _guard_sendto(socket.socket.sendto)  # type: ignore[method-assign]
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
        setattr(socket, name, _guard_lookup(getattr(socket, name)))


def guard_children() -> None:
    """Install the guard in every Python process that this process starts, whatever environment it is given."""
    environment = child_environment(os.environ)
    os.environ.update(environment)
    start = subprocess.Popen.__init__

    def start_guarded(self: Any, *arguments: Any, **options: Any) -> None:
        if options.get("env") is not None:
            options["env"] = child_environment(options["env"])
        start(self, *arguments, **options)

    subprocess.Popen.__init__ = start_guarded  # type: ignore[method-assign]


def child_environment(environment: Any) -> dict[str, str]:
    """Return `environment` with what a Python process needs to install the guard."""
    guarded = {name: os.environ[name] for name in (LOG_VARIABLE, TEST_VARIABLE) if name in os.environ}
    folders = [str(FOLDER), *environment.get("PYTHONPATH", "").split(os.pathsep)]
    return {**environment, **guarded, "PYTHONPATH": os.pathsep.join(dict.fromkeys(filter(None, folders)))}


def take_refusals() -> str:
    """Return the attempts that were refused since the last call, one a line."""
    log = Path(os.environ[LOG_VARIABLE])
    text = log.read_text("utf-8") if log.exists() else ""
    log.unlink(missing_ok=True)
    return text


def is_local(host: object) -> bool:
    """Return True for the loopback addresses, `localhost`, and the empty host, which stands for any own address."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not isinstance(name, str):
        return name is None
    is_loopback = name.startswith("127.") and name.replace(".", "").isdigit()
    return is_loopback or name in ("", "localhost", "::1", "0.0.0.0", "::")


def _cannot_exist(name: str) -> bool:
    """Return True for a name that no resolver has to ask for: of the domain `invalid` (RFC 6761), or no host name."""
    return name.endswith(".invalid") or bool(re.search(r"[^\w.:-]", name))


def _is_numeric(name: str) -> bool:
    """Return True for an address in any spelling that the C library reads without asking a resolver."""
    try:
        socket.inet_aton(name)
    except OSError:
        return False
    return True


def _check(host: object, port: object = "") -> None:
    if is_local(host):
        return
    test = os.environ.get(TEST_VARIABLE, "no test")
    command = " ".join([Path(sys.executable).name, *sys.argv])
    refusal = f"{test}: process {os.getpid()} ({command}) tried to reach {host}{f':{port}' if port else ''}"
    if log := os.environ.get(LOG_VARIABLE):
        with open(log, "a", encoding="utf-8") as file:  # noqa: PTH123  # in one write, at the end, by any process
            file.write(f"{refusal}\n")
    raise NetworkAccessError(f"{refusal}; a test may reach only this machine")


def _check_address(address: object) -> None:
    # A Unix socket has a path instead of host and port.
    if isinstance(address, tuple):
        _check(address[0], address[1])


def _guard_method(method: Any) -> Any:
    def guarded(self: Any, address: Any) -> Any:
        try:
            _check_address(address)
        except NetworkAccessError:
            self.close()  # whoever made the socket may close it only on an OSError
            raise
        return method(self, address)

    return guarded


def _guard_sendto(method: Any) -> Any:
    def guarded(self: Any, *arguments: Any) -> Any:
        _check_address(arguments[-1])
        return method(self, *arguments)

    return guarded


def _guard_lookup(function: Any) -> Any:
    def guarded(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if isinstance(name, str) and _cannot_exist(name):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if not isinstance(name, str) or not _is_numeric(name):
            _check(host)
        return function(host, *arguments, **options)

    guarded.is_guarded = True  # type: ignore[attr-defined]
    return guarded
