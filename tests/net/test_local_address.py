"""Addresses of this machine: one that is in use, or of another machine, is refused with the reason."""

from __future__ import annotations

import socket

import pytest

from daily_papers.net.local_address import find_fault


def test_a_port_is_free_or_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert find_fault("127.0.0.1", port) == "Address already in use"
    assert find_fault("127.0.0.1", port) is None
    assert find_fault("localhost", port) is None


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 8000), ("127.0.0.1", 70000), ("", -1)])
def test_an_address_that_no_server_can_have_has_a_reason(host: str, port: int) -> None:
    assert find_fault(host, port)
