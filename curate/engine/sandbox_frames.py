"""How a sandbox's processes talk: frames of a kind, a time, a length and a body over Unix sockets.

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
from collections.abc import Callable
from typing import Any, NamedTuple

_HEADER = struct.Struct("!cdQ")
_PLAIN = struct.Struct("!Q")
MAX_FRAME_BYTES = 1 << 30
_READ_BYTES = 1 << 20
_BUFFER_BYTES = 1 << 20
_LONG_CHARS = 256  # from here on JSON's escapes cost more than a part of its own

OK = b"o"
ERROR = b"e"
MEMORY = b"m"
CALL = b"c"
CALL_AND_RING = b"C"
READY = b"r"
FORK = b"f"
KILL = b"k"
FORKED = b"p"


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Closed(Exception):
    """The other side closed the connection or broke the protocol."""


class Frame(NamedTuple):
    """A message from one side to the other.

    Attributes:
        kind: one of the constants of this module.
        at: when it was made, in seconds of the machine's monotonic clock.
        body: valid until the next :meth:`Reader.fill` of the reader that gave it.
    """

    kind: bytes
    at: float
    body: memoryview


class Reader:
    """Frames from a socket, as many for each look at it as have come."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray(_READ_BYTES)
        self._start = 0
        self._end = 0

    def fill(self) -> bool:
        """Read once; False if nothing is there and the socket says not to wait.

        Raises:
            Closed: the other side has gone.
            TimeoutError: the socket's time is over.
        """
        self._make_room()
        try:
            with memoryview(self._buffer) as whole, whole[self._end :] as rest:
                n_new = self._sock.recv_into(rest)
        except BlockingIOError:
            return False
        except ConnectionError as error:
            raise Closed from error
        if not n_new:
            raise Closed
        self._end += n_new
        return True

    def next(self) -> Frame | None:
        """The next frame that has come whole. Raises Closed if it is larger than any may be."""
        n_here = self._end - self._start - _HEADER.size
        if n_here < 0:
            return None
        kind, at, n_bytes = _HEADER.unpack_from(self._buffer, self._start)
        if n_bytes > MAX_FRAME_BYTES:
            raise Closed
        if n_bytes > n_here:
            return None
        start = self._start + _HEADER.size
        self._start = start + n_bytes
        return Frame(kind, at, memoryview(self._buffer)[start : self._start])

    def _make_room(self) -> None:
        """Free the end of the buffer; it grows with what arrives, not with what a header promises.

        What was given out may still be looked at: a buffer is replaced and never made smaller.
        """
        n_left = self._end - self._start
        if n_left == 0:
            if len(self._buffer) > _READ_BYTES:
                self._buffer = bytearray(_READ_BYTES)
        elif len(self._buffer) - self._end >= len(self._buffer) // 4:
            return
        elif n_left > len(self._buffer) // 2:
            larger = bytearray(2 * len(self._buffer))
            larger[:n_left] = memoryview(self._buffer)[self._start : self._end]
            self._buffer = larger
        else:
            self._buffer[:n_left] = self._buffer[self._start : self._end]
        self._start, self._end = 0, n_left


def widen(sock: socket.socket) -> None:
    """Let several ordinary pages fit the kernel's buffer, so that they are handed over at once."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)


def parts_of(kind: bytes, *body: bytes) -> list[memoryview]:
    """A frame, to be sent piece by piece without a copy of the page."""
    header = _HEADER.pack(kind, time.monotonic(), sum(map(len, body)))
    return [memoryview(part) for part in (header, *body) if part]


def send_some(sock: socket.socket, parts: list[memoryview], flags: int = 0) -> None:
    """Send what fits, and take from ``parts`` what was sent.

    Raises:
        BlockingIOError: nothing fits, and the socket or ``flags`` say not to wait.
        Closed: the other side has gone.
    """
    try:
        n_sent = sock.sendmsg(parts, (), flags)
    except ConnectionError as error:
        raise Closed from error
    while parts and n_sent >= len(parts[0]):
        n_sent -= len(parts.pop(0))
    if n_sent:
        parts[0] = parts[0][n_sent:]


def send(sock: socket.socket, kind: bytes, *body: bytes) -> None:
    """Send one frame, waiting as long as it takes. Raises Closed."""
    parts = parts_of(kind, *body)
    while parts:
        send_some(sock, parts)


def receive(sock: socket.socket, *, until: float) -> Frame:
    """Receive the one frame that is due. Raises TimeoutError at ``until``, or Closed."""
    reader = Reader(sock)
    while (frame := reader.next()) is None:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        reader.fill()
    return frame


def encode_call(args: tuple[Any, ...]) -> list[bytes]:
    """The parts of a request: the arguments but for bytes, and each of these as it is."""
    blobs = {i: arg for i, arg in enumerate(args) if isinstance(arg, bytes)}
    plain = [None if i in blobs else arg for i, arg in enumerate(args)]
    head = marshal.dumps((plain, [(i, len(blob)) for i, blob in blobs.items()]))
    return [_PLAIN.pack(len(head)), head, *blobs.values()]


def receive_call(sock: socket.socket, when_dry: Callable[[], None]) -> tuple[bytes, list[Any]]:
    """The kind of the next request, and its arguments; each page is read to where it stays.

    Args:
        sock: a blocking socket.
        when_dry: called before waiting for a request that has not come.

    Raises:
        Closed: the other side has gone.
    """
    try:
        start = sock.recv(_HEADER.size + _PLAIN.size, socket.MSG_DONTWAIT)
    except BlockingIOError:
        when_dry()
        start = b""
    start += _read(sock, _HEADER.size + _PLAIN.size - len(start))
    kind, _, _ = _HEADER.unpack_from(start)
    (n_head,) = _PLAIN.unpack_from(start, _HEADER.size)
    args, blobs = marshal.loads(_read(sock, n_head))
    for i, n_bytes in blobs:
        args[i] = _read(sock, n_bytes)
    return kind, args


def _read(sock: socket.socket, n_bytes: int) -> bytes:
    """Exactly so many bytes."""
    parts = [sock.recv(n_bytes, socket.MSG_WAITALL)] if n_bytes else [b""]
    while (left := n_bytes - sum(map(len, parts))) > 0:
        if not parts[-1]:
            raise Closed
        parts.append(sock.recv(left, socket.MSG_WAITALL))
    return parts[0] if len(parts) == 1 else b"".join(parts)


def encode_answer(value: object) -> list[bytes]:
    """The parts of an answer: JSON, and beside it the long texts of a dict as UTF-8.

    Lone surrogates are kept, so that no answer fails to be sent.
    """
    texts: dict[str, bytes] = {}
    if isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and len(one) >= _LONG_CHARS:
                texts[key] = one.encode("utf-8", "surrogatepass")
        value = {**value, **dict.fromkeys(texts)}
    sizes = {key: len(text) for key, text in texts.items()}
    head = _to_json((value, sizes)).encode("utf-8", "surrogatepass")
    return [_PLAIN.pack(len(head)), head, *texts.values()]


def decode_answer(body: memoryview) -> Any:  # noqa: ANN401 - any JSON value
    """The value of an answer. Raises Closed if it has not the form that it must have."""
    try:
        at = _PLAIN.size + _PLAIN.unpack_from(body)[0]
        value, sizes = json.loads(str(body[_PLAIN.size : at], "utf-8", "surrogatepass"))
        for key, n_bytes in sizes.items():
            value[key] = str(body[at : at + n_bytes], "utf-8", "surrogatepass")
            at += n_bytes
    except (ValueError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise Closed from error
    return value
