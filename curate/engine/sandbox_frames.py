"""How a sandbox's processes talk: frames of a kind, a length and a body over a Unix socket.

Requests are ``marshal`` (the child trusts the parent), answers are JSON: a parent must never decode
with anything stronger what a process wrote that has been fed hostile pages.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any

_HEADER = struct.Struct("!cQ")
MAX_FRAME_BYTES = 1 << 30
_READ_BYTES = 1 << 20

OK = b"o"
ERROR = b"e"
MEMORY = b"m"
CALL = b"c"
READY = b"r"
FORK = b"f"
FORKED = b"p"


class Closed(Exception):
    """The other side closed the connection or broke the protocol."""


def send(sock: socket.socket, kind: bytes, body: bytes, *, until: float | None = None) -> None:
    """Send one frame. Raises TimeoutError at ``until`` (monotonic seconds), or Closed."""
    try:
        _limit(sock, until)
        sock.sendall(_HEADER.pack(kind, len(body)) + body)
    except (BrokenPipeError, ConnectionError) as error:
        raise Closed from error


def receive(sock: socket.socket, *, until: float | None = None) -> tuple[bytes, bytes]:
    """Receive one frame: (kind, body). Raises TimeoutError at ``until``, or Closed."""
    kind, n_bytes = _HEADER.unpack(_read(sock, _HEADER.size, until))
    if n_bytes > MAX_FRAME_BYTES:
        raise Closed
    return kind, _read(sock, n_bytes, until)


def _read(sock: socket.socket, n_bytes: int, until: float | None) -> bytes:
    body = bytearray()
    while len(body) < n_bytes:
        _limit(sock, until)
        try:
            block = sock.recv(min(n_bytes - len(body), _READ_BYTES))
        except ConnectionError as error:
            raise Closed from error
        if not block:
            raise Closed
        body += block
    return bytes(body)


def _limit(sock: socket.socket, until: float | None) -> None:
    if until is None:
        sock.settimeout(None)
        return
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)


def encode_answer(value: object) -> bytes:
    """JSON, with lone surrogates kept so that no answer fails to be sent."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="surrogatepass")


def decode_answer(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value of an answer. Raises Closed if it is no JSON."""
    try:
        return json.loads(body.decode("utf-8", errors="surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise Closed from error
