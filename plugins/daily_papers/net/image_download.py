"""Download pictures from other people's hosts, without ever connecting to an address in the local network."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx
import msgspec

from daily_papers.errors import FetchError
from daily_papers.model.text import error_line, quote
from daily_papers.net import event_loop
from daily_papers.net.client import USER_AGENT

MAX_BYTES = 8 * 2**20
MAX_REDIRECTS = 5
DEADLINE_S = 30.0
"""Time for one picture: names, connections, headers and bodies, also of its redirects."""
MAX_QUOTED_CHARS = 200
"""Length of an address in an error message."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# First bytes of PNG, JPEG and GIF. Names and headers are not trusted. SVG can contain scripts and is not accepted.
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Addresses that lead into a local network or to the host of a virtual machine, and that `ipaddress` calls global:
# site-local (RFC 3879), relays of 6to4 (RFC 7526), documentation (RFC 9637), Azure's platform address.
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("fec0::/10", "192.88.99.0/24", "3fff::/20", "168.63.129.16/32")))


def is_public(address: Address) -> bool:
    """Return True if `address` is public, also after unwrapping an IPv4 address inside IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in _NAT64:
            return False
    if any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int) -> list[Address]:
    """Return all addresses of `host`. Raises OSError if there are none."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in entries]


class Rules(msgspec.Struct, frozen=True):
    """Allowed hosts, scheme, port and addresses.

    A site configures only the hosts. Tests replace the rest, because they use the loopback interface.
    """

    hosts: Sequence[str]
    scheme: str = "https"
    port: int = 443
    is_allowed: Callable[[Address], bool] = is_public
    resolve: Callable[[str, int], list[Address]] = resolve
    deadline_s: float = DEADLINE_S


def download(url: str, rules: Rules) -> bytes:
    """Return the bytes of the picture at `url`, which is PNG, JPEG, GIF or WebP by its first bytes.

    Each redirect must stay on the allowed hosts, and all addresses of a host must be allowed. The connection goes to
    the checked address, under the host's name. Raises FetchError for anything else: another host or address, an error
    status, a response that is too long or too slow, or that is not a picture.
    """
    return event_loop.run(_download_in_time(url, rules))


async def _download_in_time(url: str, rules: Rules) -> bytes:
    try:
        async with asyncio.timeout(rules.deadline_s):
            return await _download(url, rules)
    except TimeoutError as e:
        raise _error(f"no complete picture within {rules.deadline_s:g} s", url) from e


async def _download(url: str, rules: Rules) -> bytes:
    requested = url
    async with httpx.AsyncClient(
        trust_env=False, timeout=rules.deadline_s, headers={"User-Agent": USER_AGENT}
    ) as client:
        for _ in range(MAX_REDIRECTS + 1):
            request = await _build_request(client, url, rules, requested)
            try:
                response = await client.send(request, stream=True)
                try:
                    if response.has_redirect_location:
                        url = urljoin(url, response.headers["location"])
                        continue
                    return await _read_picture(response, requested)
                finally:
                    await response.aclose()
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as e:
                raise _error(f"the connection broke: {error_line(e)}", requested) from e
    raise _error(f"more than {MAX_REDIRECTS} redirects, the last to {quote(url, MAX_QUOTED_CHARS)}", requested)


async def _build_request(client: httpx.AsyncClient, url: str, rules: Rules, requested: str) -> httpx.Request:
    """Return a request to a checked address of the host of `url`."""
    parts = _check_url(url, rules, requested)
    host = parts.hostname or ""
    try:
        addresses = await asyncio.get_running_loop().run_in_executor(None, rules.resolve, host, rules.port)
    except (OSError, ValueError) as e:
        raise _error(f"{host} has no address: {error_line(e)}", requested) from e
    for address in addresses:
        if not rules.is_allowed(address):
            raise _error(f"{host} resolves to {address}, which is not a public address", requested)
    if not addresses:
        raise _error(f"{host} has no address", requested)
    literal = f"[{addresses[0]}]" if addresses[0].version == 6 else str(addresses[0])
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return client.build_request(
        "GET",
        f"{rules.scheme}://{literal}:{rules.port}{path or '/'}",
        headers={"Host": host, "Accept-Encoding": "identity"},
        extensions={"sni_hostname": host},
    )


def _check_url(url: str, rules: Rules, requested: str) -> SplitResult:
    """Return the parts of `url`. Raises FetchError if the rules do not allow it."""
    quoted = quote(url, MAX_QUOTED_CHARS)
    try:
        parts = urlsplit(url)
        port = parts.port or rules.port
    except ValueError as e:
        raise _error(f"{quoted} is not an address: {error_line(e)}", requested) from e
    if parts.scheme != rules.scheme or port != rules.port or parts.username is not None:
        raise _error(f"{quoted} is not allowed: expected {rules.scheme}://HOST/PATH", requested)
    if parts.hostname not in rules.hosts:
        raise _error(f"{parts.hostname} is not allowed: expected one of {', '.join(rules.hosts)}", requested)
    return parts


async def _read_picture(response: httpx.Response, requested: str) -> bytes:
    if response.status_code != 200:
        raise _error(f"HTTP {response.status_code}", requested, response.status_code)
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise _error(f"the picture is longer than {MAX_BYTES} bytes", requested)
    is_webp = body[:4] == b"RIFF" and body[8:12] == b"WEBP"
    if not is_webp and not body.startswith(_SIGNATURES):
        raise _error("expected a PNG, JPEG, GIF or WebP picture, got other data", requested)
    return bytes(body)


def _error(message: str, url: str, status: int | None = None) -> FetchError:
    return FetchError(message, source="media", url=url, status=status)
