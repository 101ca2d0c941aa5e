"""Pictures from hosts of others, downloaded so that no address can lead into the network we run in.

An address goes in, the bytes of a picture come out, or a FetchError. What becomes of them is left to `mirror`.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import msgspec

from daily_papers.errors import FetchError
from daily_papers.net.client import USER_AGENT

MAX_BYTES = 8 * 2**20
MAX_REDIRECTS = 5
DEADLINE_S = 30.0
READ_S = 10.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# What begins like this is one of the four; a name or a header may say anything. SVG, which can hold scripts, is none.
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the Internet's own, whatever it may stand for."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in _NAT64:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int) -> list[Address]:
    """Return every address of `host`. Raises OSError if there is none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class Rules(msgspec.Struct, frozen=True):
    """What may be asked. Tests, which have nothing but loopback, have rules of their own; a site cannot change them."""

    hosts: Sequence[str]
    scheme: str = "https"
    port: int = 443
    is_allowed: Callable[[Address], bool] = is_public
    resolve: Callable[[str, int], list[Address]] = resolve


def download(url: str, rules: Rules, *, clock: Callable[[], float] = time.monotonic) -> bytes:
    """Return the picture at `url`: PNG, JPEG, GIF or WebP by its first bytes.

    Every hop has to be of one of the hosts, whose every address has to be allowed; the one that was looked at is the
    one connected to, under the host's name. Raises FetchError for anything else, too long, too slow, or no picture.
    """
    asked, ends_at = url, clock() + DEADLINE_S
    with httpx.Client(trust_env=False, timeout=READ_S, headers={"User-Agent": USER_AGENT}) as client:
        for _ in range(MAX_REDIRECTS + 1):
            request = _request(client, url, rules, asked)
            try:
                response = client.send(request, stream=True)
                try:
                    if response.has_redirect_location:
                        url = urljoin(url, response.headers["location"])
                        continue
                    return _read(response, asked, lambda: clock() > ends_at)
                finally:
                    response.close()
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as e:
                raise _error(f"the connection broke: {e or type(e).__name__}", asked) from e
    raise _error(f"more than {MAX_REDIRECTS} redirects, the last to {url[:200]}", asked)


def _request(client: httpx.Client, url: str, rules: Rules, asked: str) -> httpx.Request:
    """Return a request to a checked address of the host that `url` names."""
    parts = _checked(url, rules, asked)
    host = parts.hostname or ""
    try:
        addresses = rules.resolve(host, rules.port)
    except (OSError, ValueError) as e:
        raise _error(f"{host} has no address: {e}", asked) from e
    for address in addresses:
        if not rules.is_allowed(address):
            raise _error(f"{host} leads to {address}, which is not of the public Internet", asked)
    if not addresses:
        raise _error(f"{host} has no address", asked)
    literal = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return client.build_request(
        "GET",
        f"{rules.scheme}://{literal}:{rules.port}{path or '/'}",
        headers={"Host": host, "Accept-Encoding": "identity"},
        extensions={"sni_hostname": host},
    )


def _checked(url: str, rules: Rules, asked: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port or rules.port
    except ValueError as e:
        raise _error(f"{url[:200]} is no address: {e}", asked) from e
    if parts.scheme != rules.scheme or port != rules.port or parts.username is not None:
        raise _error(f"{url[:200]} is not asked: expected {rules.scheme}://HOST/PATH", asked)
    if parts.hostname not in rules.hosts:
        raise _error(f"{parts.hostname} is not asked: expected one of {', '.join(rules.hosts)}", asked)
    return parts


def _read(response: httpx.Response, asked: str, is_over: Callable[[], bool]) -> bytes:
    if response.status_code != 200:
        raise _error(f"HTTP {response.status_code}", asked, response.status_code)
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise _error(f"longer than {MAX_BYTES} bytes", asked)
        if is_over():
            raise _error(f"not whole within {DEADLINE_S:g} s", asked)
    is_webp = body[:4] == b"RIFF" and body[8:12] == b"WEBP"
    if not is_webp and not body.startswith(_BEGINNINGS):
        raise _error("no PNG, JPEG, GIF or WebP, whatever its name says", asked)
    return bytes(body)


def _error(message: str, url: str, status: int | None = None) -> FetchError:
    return FetchError(message, source="media", url=url, status=status)
