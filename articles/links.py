"""Whether addresses still answer, asked without trusting them or what they lead to.

Runs as a process of its own, ``python -m articles.links``, with neither settings nor the database in reach: a list
of addresses in JSON comes in, one answer in JSON a line goes out. It asks only web addresses on their usual ports,
only on the public internet, and reads no more than the head of an answer.
"""

import http.client
import ipaddress
import json
import socket
import ssl
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from enum import StrEnum
from io import BytesIO
from urllib.parse import SplitResult, quote, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 3
SECONDS = 5.0  # for one request, from the name to the end of the head
LONGEST_HEAD = 64 * 1024  # bytes
AT_ONCE = 4
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
NO_HOST = "its host has no address"
AGENT = "KetamineInfo-link-check/1.0"


class Verdict(StrEnum):
    WORKS = "works"
    MOVED = "moved"  # for good, to an address that works
    GONE = "gone"
    UNCERTAIN = "uncertain"  # a person must open it
    REFUSED = "refused"  # by us


@dataclass(frozen=True)
class Answer:
    """What came of asking for *address*, and why in words."""

    address: str
    verdict: Verdict
    detail: str


class NotPublicError(Exception):
    """An address that is not asked for, and why."""


def check(address: str) -> Answer:
    """Ask for *address*, following at most three redirects, each as distrusted as the first."""
    here, moved = address, False
    try:
        for _ in range(MOST_REDIRECTS + 1):
            status, location = _ask(here)
            if not location:
                return _judged(address, status, here if moved else "")
            here, moved = urljoin(here, location), moved or status in (301, 308)
    except NotPublicError as error:
        return Answer(address, Verdict.REFUSED, str(error))
    except socket.gaierror as error:
        gone = error.errno == socket.EAI_NONAME
        return Answer(address, Verdict.GONE if gone else Verdict.UNCERTAIN, NO_HOST)
    except TimeoutError:
        return Answer(address, Verdict.UNCERTAIN, "it did not answer in time")
    except ssl.SSLError as error:
        return Answer(address, Verdict.UNCERTAIN, f"its certificate does not hold: {error.reason}")
    except (OSError, ValueError, http.client.HTTPException) as error:
        return Answer(address, Verdict.UNCERTAIN, f"no proper answer ({type(error).__name__})")
    return Answer(address, Verdict.GONE, f"more than {MOST_REDIRECTS} redirects")


def check_all(addresses: Iterable[str]) -> Iterator[Answer]:
    """Answers as they come."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in as_completed([pool.submit(check, address) for address in addresses]):
            yield done.result()


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public internet: not private, local, multicast or tunnelled."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address.ipv4_mapped or address.sixtofour or address.teredo:
            return False
    return address.is_global and not address.is_multicast


def _judged(address: str, status: int, moved_to: str) -> Answer:
    if 200 <= status < 300:
        if moved_to and moved_to != address:
            return Answer(address, Verdict.MOVED, f"it has moved to {moved_to}")
        return Answer(address, Verdict.WORKS, f"answered {status}")
    if status in (404, 410):
        return Answer(address, Verdict.GONE, f"answered {status}")
    return Answer(address, Verdict.UNCERTAIN, f"answered {status}, as some sites do to programs")


def _ask(address: str) -> tuple[int, str]:
    """The status and the Location of the answer to a GET of *address*."""
    parts = urlsplit(address)
    host = _host(parts)
    deadline = time.monotonic() + SECONDS
    with _connected(host, PORTS[parts.scheme], deadline) as plain:
        if parts.scheme == "https":
            plain.settimeout(_left(deadline))
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
                return _exchange(secure, parts, host, deadline)
        return _exchange(plain, parts, host, deadline)


def _host(parts: SplitResult) -> str:
    if parts.scheme not in PORTS:
        raise NotPublicError("it is no web address")
    if not parts.hostname or parts.username is not None:
        raise NotPublicError("it has no host, or a user name")
    if parts.port not in (None, PORTS[parts.scheme]):
        raise NotPublicError(f"it leads to port {parts.port}")
    return parts.hostname.encode("idna").decode("ascii")


def _connected(host: str, port: int, deadline: float) -> socket.socket:
    """A connection to one of the addresses of *host*, all of which are public.

    The name is asked once, and the connection goes to an address that was checked: a second asking could be
    answered with another.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(is_public(address) for address in addresses):
        raise NotPublicError("it leads into a network that is not public")
    return socket.create_connection((addresses[0], port), timeout=_left(deadline))


def _exchange(connection: socket.socket, parts: SplitResult, host: str, deadline: float) -> tuple[int, str]:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~?')}" if parts.query else ""
    request = (
        f"GET {path}{query} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {AGENT}\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    )
    connection.settimeout(_left(deadline))
    connection.sendall(request.encode("ascii"))
    first, _, fields = _head(connection, deadline).partition(b"\r\n")
    words = first.split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise ValueError("no HTTP")
    status = int(words[1])
    headers = http.client.parse_headers(BytesIO(fields))
    location = headers.get("Location", "") if status in (301, 302, 303, 307, 308) else ""
    return status, location


def _head(connection: socket.socket, deadline: float) -> bytes:
    """The head of the answer, read no further than it has to be."""
    head = b""
    while b"\r\n\r\n" not in head:
        if len(head) > LONGEST_HEAD:
            raise ValueError("the head of its answer is too long")
        connection.settimeout(_left(deadline))
        part = connection.recv(4096)
        if not part:
            break
        head += part
    return head


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


if __name__ == "__main__":
    for answer in check_all(json.load(sys.stdin)):
        print(json.dumps(asdict(answer)), flush=True)
