"""Downloads of pictures: only from allowed hosts, never from an address in the local network."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator
from itertools import chain

import pytest

from daily_papers.errors import FetchError
from daily_papers.net.image_download import MAX_BYTES, Address, Rules, download, is_public
from tests.pictures import HOST, LOOPBACK, Pictures, png
from tests.slow_server import SLOW_ANSWERS, slow_server


@pytest.fixture
def pictures() -> Iterator[Pictures]:
    with Pictures() as host:
        yield host


PRIVATE = {
    "loopback": ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"],
    "private": ["10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::8", "::ffff:10.0.0.1"],
    "link local": ["169.254.169.254", "fe80::1"],
    "none": ["0.0.0.0", "::", "255.255.255.255", "224.0.0.1", "ff02::1", "2001:db8::1"],
    "called global by the standard library": ["fec0::1", "192.88.99.1", "3fff::1", "168.63.129.16"],
    "wrapped in another address": ["64:ff9b::7f00:1", "2002:7f00:1::", "2001::1"],
}


@pytest.mark.fault(34)
@pytest.mark.parametrize("address", [*chain.from_iterable(PRIVATE.values())])
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    rules = Rules([HOST], resolve=lambda host, port: [ipaddress.ip_address("1.1.1.1"), ipaddress.ip_address(address)])
    with pytest.raises(FetchError, match="not a public address") as refused:
        download(f"https://{HOST}/a.png", rules)
    assert address in str(refused.value) or "ffff" in address
    assert HOST in str(refused.value)


@pytest.mark.parametrize("address", ["1.1.1.1", "104.16.0.1", "2606:4700::1"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.fault(34)
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.0.0.1", "017700000001", "127.1", "0"])
def test_every_spelling_of_loopback_is_refused(host: str) -> None:
    with pytest.raises(FetchError, match=r"not a public address|has no address"):
        download(f"https://{host}/a.png", Rules([host]))


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/a.png",
        f"ftp://{HOST}/a.png",
        f"file://{HOST}/etc/passwd",
        f"https://{HOST}:8080/a.png",
        f"https://{HOST}:99999/a.png",
        f"https://user@{HOST}/a.png",
        "https://elsewhere.example/a.png",
        f"https://{HOST}.evil.example/a.png",
        "https:///a.png",
    ],
)
def test_other_schemes_ports_users_and_hosts_are_refused(url: str) -> None:
    with pytest.raises(FetchError, match=r"is not allowed|is not an address"):
        download(url, Rules([HOST]))


def test_the_connection_goes_to_the_checked_address_under_the_hosts_name(pictures: Pictures) -> None:
    pictures.answers["/a.png?x=1"] = png()
    assert download(pictures.address("/a.png?x=1"), pictures.rules) == png()
    assert pictures.asked == [("/a.png?x=1", HOST)]


@pytest.mark.fault(34)
def test_the_addresses_of_a_host_are_checked_for_every_redirect(pictures: Pictures) -> None:
    answers: list[list[Address]] = [[LOOPBACK], [ipaddress.ip_address("127.0.0.2")]]
    rules = Rules([HOST], "http", pictures.rules.port, pictures.rules.is_allowed, lambda host, port: answers.pop(0))
    pictures.answers |= {"/a.png": "/b.png", "/b.png": png()}
    with pytest.raises(FetchError, match=r"resolves to 127\.0\.0\.2"):
        download(pictures.address("/a.png"), rules)
    assert [path for path, _ in pictures.asked] == ["/a.png"]


@pytest.mark.fault(34)
@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest", "https://elsewhere.example/", "file:///etc/passwd"]
)
def test_a_redirect_is_checked_like_the_first_address(pictures: Pictures, target: str) -> None:
    pictures.answers["/a.png"] = target
    with pytest.raises(FetchError, match="is not allowed"):
        download(pictures.address("/a.png"), pictures.rules)


def test_the_number_of_redirects_is_limited(pictures: Pictures) -> None:
    pictures.answers["/a.png"] = "/a.png"
    with pytest.raises(FetchError, match="more than 5 redirects"):
        download(pictures.address("/a.png"), pictures.rules)


NO_PICTURES: dict[str, bytes | int] = {
    "HTML": b"<!doctype html><p>hello</p>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "nothing": b"",
    "too long": b"\x89PNG\r\n\x1a\n" + bytes(MAX_BYTES),
    "404": 404,
    "503": 503,
}


@pytest.mark.fault(33)
@pytest.mark.parametrize("answer", NO_PICTURES.values(), ids=NO_PICTURES)
def test_a_response_without_a_picture_is_refused_whatever_its_name(pictures: Pictures, answer: bytes | int) -> None:
    pictures.answers["/a.png"] = answer
    with pytest.raises(FetchError):
        download(pictures.address("/a.png"), pictures.rules)


@pytest.mark.parametrize("part", SLOW_ANSWERS)
def test_a_download_ends_at_its_deadline_in_every_part_of_the_answer(part: str) -> None:
    with slow_server(part) as port:
        rules = Rules([HOST], "http", port, lambda address: True, lambda host, port: [LOOPBACK], deadline_s=0.5)
        with pytest.raises(FetchError, match="no complete picture"):
            download(f"http://{HOST}:{port}/a.png", rules)


def test_a_download_does_not_wait_for_a_name_server_after_its_deadline() -> None:
    never = threading.Event()

    def hang(host: str, port: int) -> list[Address]:
        never.wait()
        return []

    with pytest.raises(FetchError, match="no complete picture"):
        download(f"https://{HOST}/a.png", Rules([HOST], resolve=hang, deadline_s=0.5))
    never.set()


@pytest.mark.parametrize(
    "beginning", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"GIF87a", b"RIFF\0\0\0\0WEBP"]
)
def test_a_picture_is_recognized_by_its_first_bytes(pictures: Pictures, beginning: bytes) -> None:
    pictures.answers["/a.txt"] = beginning + b"data"
    assert download(pictures.address("/a.txt"), pictures.rules) == beginning + b"data"


def test_a_hostile_redirect_is_quoted_in_one_short_line(pictures: Pictures) -> None:
    pictures.answers["/a.png"] = "http://elsewhere.example/" + "x" * 5000
    with pytest.raises(FetchError) as caught:
        download(pictures.address("/a.png"), pictures.rules)
    assert caught.value.reason.startswith("elsewhere.example is not allowed")
    pictures.answers["/a.png"] = "ftp://elsewhere.example/" + "x" * 5000
    with pytest.raises(FetchError) as caught:
        download(pictures.address("/a.png"), pictures.rules)
    assert len(caught.value.reason) < 300
    assert 'x…" is not allowed: expected http://HOST/PATH' in caught.value.reason
