"""How a sandbox's processes talk: frames of a kind, a length and a body over a Unix socket.

Requests are ``marshal``, since the child trusts the parent, with the pages beside it as they are.
Answers are JSON: a parent must never decode with anything stronger what a process wrote that has
been fed hostile pages.
"""

from __future__ import annotations

import contextlib
import json
import marshal
import socket
import struct
import time
from typing import Any

_HEADER = struct.Struct("!cQ")
MAX_FRAME_BYTES = 1 << 30
_READ_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 20

OK = b"o"
ERROR = b"e"
MEMORY = b"m"
CALL = b"c"
READY = b"r"
FORK = b"f"
KILL = b"k"
FORKED = b"p"


class Closed(Exception):
    """The other side closed the connection or broke the protocol."""


def widen(sock: socket.socket) -> None:
    """Let an ordinary page fit the kernel's buffer, so that handing it over is one switch."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)


def send(sock: socket.socket, kind: bytes, *body: bytes, until: float | None = None) -> None:
    """Send one frame. Raises TimeoutError at ``until`` (monotonic seconds), or Closed.

    The parts of the body go out one after the other, in one call and without a copy of the page.
    """
    header = _HEADER.pack(kind, sum(map(len, body)))
    parts = [memoryview(part) for part in (header, *body)]
    try:
        while parts:
            _limit(sock, until)
            n_sent = sock.sendmsg(parts)
            while parts and n_sent >= len(parts[0]):
                n_sent -= len(parts.pop(0))
            if n_sent:
                parts[0] = parts[0][n_sent:]
    except (BrokenPipeError, ConnectionError) as error:
        raise Closed from error


def receive(sock: socket.socket, *, until: float | None = None) -> tuple[bytes, bytearray]:
    """Receive one frame: (kind, body). Raises TimeoutError at ``until``, or Closed."""
    kind, n_bytes = _HEADER.unpack(_read(sock, _HEADER.size, until))
    if n_bytes > MAX_FRAME_BYTES:
        raise Closed
    return kind, _read(sock, n_bytes, until)


def _read(sock: socket.socket, n_bytes: int, until: float | None) -> bytearray:
    """Exactly ``n_bytes``; memory grows with what arrives, not with what a header promises."""
    body = bytearray(min(n_bytes, _READ_BYTES))
    n_read = 0
    while n_read < n_bytes:
        if n_read == len(body):
            body += bytes(min(n_bytes - n_read, max(n_read, _READ_BYTES)))
        _limit(sock, until)
        try:
            with memoryview(body) as whole, whole[n_read:] as rest:
                n_new = sock.recv_into(rest)
        except ConnectionError as error:
            raise Closed from error
        if not n_new:
            raise Closed
        n_read += n_new
    return body


def _limit(sock: socket.socket, until: float | None) -> None:
    if until is None:
        sock.settimeout(None)
        return
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    sock.settimeout(left)


def encode_call(args: tuple[Any, ...]) -> list[bytes]:
    """The parts of a request: the arguments but for bytes, and each of these as it is."""
    blobs = {i: arg for i, arg in enumerate(args) if isinstance(arg, bytes)}
    plain = [None if i in blobs else arg for i, arg in enumerate(args)]
    head = marshal.dumps((plain, [(i, len(blob)) for i, blob in blobs.items()]))
    return [_HEADER.pack(CALL, len(head)), head, *blobs.values()]


def decode_call(body: bytearray) -> list[Any]:
    """The arguments of a request."""
    at = _HEADER.size + _HEADER.unpack_from(body)[1]
    with memoryview(body) as whole:
        args, blobs = marshal.loads(whole[_HEADER.size : at])
        for i, n_bytes in blobs:
            args[i] = bytes(whole[at : at + n_bytes])
            at += n_bytes
    found: list[Any] = args
    return found


def encode_answer(value: object) -> bytes:
    """JSON, with lone surrogates kept so that no answer fails to be sent."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="surrogatepass")


def decode_answer(body: bytes | bytearray) -> Any:  # noqa: ANN401 - any JSON value
    """The value of an answer. Raises Closed if it is no JSON."""
    try:
        return json.loads(body.decode("utf-8", errors="surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise Closed from error
