"""How often one address may ask the API, counted without keeping any address.

An address is put, by a hash with a key that this process made up when it started, into one of 65,536 pots, and the
pot is counted. The counts lie in memory that all workers of the server share and nobody else can read; they are
written nowhere, and cannot be turned back into addresses. Counting can only fail by counting two addresses as one
or by losing a count to another worker, and never keeps an answer from anybody (docs/adr/0085).
"""

import hashlib
import ipaddress
import secrets
import struct
import time
from mmap import mmap
from typing import NamedTuple

WINDOW = 60  # seconds
POTS = 1 << 16

_COUNT = struct.Struct("=II")  # the number of a window, and requests in it
_counts = mmap(-1, POTS * _COUNT.size)  # anonymous: workers that are forked after this share it
_key = secrets.token_bytes(16)


class Allowance(NamedTuple):
    """What is left of an address's requests in this window, after the one just made."""

    limit: int
    remaining: int
    resets_in: int  # seconds
    is_exceeded: bool


def take(address: str, *, limit: int, at: float | None = None) -> Allowance:
    """Count a request from *address* at a Unix time. Of IPv6, a household's network counts as one address."""
    now = int(time.time() if at is None else at)
    window = now // WINDOW
    offset = _pot_of(address) * _COUNT.size
    counted_in, count = _COUNT.unpack_from(_counts, offset)
    count = min(count, limit) + 1 if counted_in == window else 1
    _COUNT.pack_into(_counts, offset, window, count)
    return Allowance(limit, max(0, limit - count), WINDOW - now % WINDOW, count > limit)


def _pot_of(address: str) -> int:
    try:
        parsed = ipaddress.ip_address(address)
        packed = parsed.packed[:8] if parsed.version == 6 else parsed.packed
    except ValueError:
        packed = b""  # whoever cannot be told apart shares one pot: hiding is no way round the limit
    return int.from_bytes(hashlib.blake2b(packed, key=_key, digest_size=2).digest(), "big")
