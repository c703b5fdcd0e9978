"""Requests to addresses that people typed in: never to a private place, never for long, never much (figure A6).

The name is resolved once, every address it has is judged, and the connection goes to the address that was judged: a
name that changes its mind between two look-ups gains nothing. Each redirect is judged anew.
"""

import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import urllib3
import urllib3.connection
from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 5.0  # from the first look-up to the last byte
MOST_BYTES = 2 * 1024 * 1024
MOST_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
LEAST_PORT = 1024  # below it only the two of the web
REDIRECTS = {301, 302, 303, 307, 308}
NAT64 = ipaddress.ip_network("64:ff9b::/96")
UNICAST = ipaddress.ip_network("2000::/3")  # the only part of IPv6 that is given out to the public

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundError(OSError):
    """Nothing useful came back. `code`: refused, unreachable, too_slow, too_big, too_many_redirects."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers in lower case, at most MOST_BYTES of body, and where it came from."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> object:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)


def check(url: str) -> None:
    """Raise OutboundError when an address would be refused, without sending anything."""
    _judged(url)


def request(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    redirects: int = 0,
) -> Answer:
    """Send one request within SECONDS. Raises OutboundError for everything but an answer.

    `redirects`: how many are followed, at most MOST_REDIRECTS; a body is never sent on to another address.
    """
    deadline = time.monotonic() + SECONDS
    left = min(redirects, MOST_REDIRECTS)
    while True:
        parts, address = _judged(url)
        answer = _send(method, url, parts, address, body, dict(headers or {}), deadline)
        if answer.status not in REDIRECTS or not redirects:
            return answer
        if left == 0:
            raise OutboundError("too_many_redirects", _("The address leads on and on."))
        left -= 1
        url = urljoin(url, answer.headers.get("location", ""))
        method, body = ("HEAD" if method == "HEAD" else "GET"), None


def _judged(url: str) -> tuple[SplitResult, Address]:
    """The parts of an address and the one network address to connect to."""
    refused = OutboundError("refused", _("This address may not be called: only public https or http addresses may."))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise refused from error
    if parts.scheme not in PORTS or not parts.hostname or parts.username is not None or parts.password is not None:
        raise refused
    if port is not None and port not in PORTS.values() and port < LEAST_PORT:
        raise refused
    if any(ord(sign) < 33 or ord(sign) == 127 for sign in url):
        raise refused
    try:
        found = socket.getaddrinfo(parts.hostname, port or PORTS[parts.scheme], type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundError("unreachable", _("There is no such host.")) from error
    addresses = [ipaddress.ip_address(entry[4][0].split("%")[0]) for entry in found]
    if not addresses or not all(_may_be_called(address) for address in addresses):
        raise refused
    return parts, addresses[0]


def _may_be_called(address: Address) -> bool:
    """Public, or listed in OUTBOUND_ALLOW; what hides an IPv4 address inside counts as that address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _may_be_called(address.ipv4_mapped)
        if address.sixtofour is not None:
            return _may_be_called(address.sixtofour)
        if address in NAT64:
            return _may_be_called(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if any(address in ipaddress.ip_network(network) for network in settings.OUTBOUND_ALLOW):
        return True
    if address.version == 6 and address not in UNICAST:
        return False
    return address.is_global and not address.is_multicast


def _send(
    method: str,
    url: str,
    parts: SplitResult,
    address: Address,
    body: bytes | None,
    headers: dict[str, str],
    deadline: float,
) -> Answer:
    port = parts.port or PORTS[parts.scheme]
    headers = {"User-Agent": "Minyi", "Accept-Encoding": "identity", **headers, "Host": parts.netloc}
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise OutboundError("too_slow", _("The other side took too long."))
    timeout = urllib3.Timeout(total=remaining)
    try:
        with _pool(parts, address, port, deadline) as pool:
            response = pool.urlopen(
                method,
                path,
                body=body,
                headers=headers,
                timeout=timeout,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                content = _read(response, deadline)
            finally:
                response.close()
    except (urllib3.exceptions.TimeoutError, TimeoutError) as error:
        raise OutboundError("too_slow", _("The other side took too long.")) from error
    except (urllib3.exceptions.HTTPError, ssl.SSLError, OSError) as error:
        if isinstance(error, OutboundError):
            raise
        if time.monotonic() > deadline:
            raise OutboundError("too_slow", _("The other side took too long.")) from error
        raise OutboundError("unreachable", _("The other side could not be reached.")) from error
    return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, content, url)


def _pool(parts: SplitResult, address: Address, port: int, deadline: float) -> urllib3.HTTPConnectionPool:
    """One connection to the judged address, cut at the deadline; the certificate has to be that of the name."""
    if parts.scheme == "http":
        pool = urllib3.HTTPConnectionPool(str(address), port, maxsize=1)
        kind = urllib3.connection.HTTPConnection
    else:
        pool = urllib3.HTTPSConnectionPool(
            str(address),
            port,
            maxsize=1,
            server_hostname=parts.hostname,
            assert_hostname=parts.hostname,
            ca_certs=certifi.where(),
        )
        kind = urllib3.connection.HTTPSConnection
    pool.ConnectionCls = type("Timed", (_Timed, kind), {"deadline": deadline})
    return pool


class _Timed:
    """A connection that ends at its deadline, whatever it is doing.

    Timeouts begin anew with every byte, so a side that drips its greeting or its headers could hold us for days.
    """

    deadline: float
    _timer: threading.Timer | None = None

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        # A second handle on the same connection, for the first is wrapped once it is encrypted.
        handle = made.dup()
        self._timer = threading.Timer(max(0.0, self.deadline - time.monotonic()), _cut, [handle])
        self._timer.daemon = True
        self._timer.start()
        self._handle = handle
        return made

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._handle.close()
        super().close()


def _cut(handle: socket.socket) -> None:
    with suppress(OSError):
        handle.shutdown(socket.SHUT_RDWR)


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """The body in pieces: a side that drips one byte a second is as slow as one that says nothing."""
    pieces, size = [], 0
    while piece := response.read1(65536):
        size += len(piece)
        if size > MOST_BYTES:
            raise OutboundError("too_big", _("The answer is too large."))
        if time.monotonic() > deadline:
            raise OutboundError("too_slow", _("The other side took too long."))
        pieces.append(piece)
    if time.monotonic() > deadline:  # it did not end, it was cut
        raise OutboundError("too_slow", _("The other side took too long."))
    return b"".join(pieces)
