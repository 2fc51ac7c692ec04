"""Functions that misbehave, for the sandbox to survive."""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import signal
import socket
import stat
import struct
import sys
import time
from pathlib import Path
from typing import Any

_STATE = {"warm": 0, "calls": 0}


def warm_up() -> None:
    """Count how often it ran."""
    _STATE["warm"] += 1


def _betray(what: str) -> None:
    """Use the sockets of the process as code that has taken it over could."""
    inodes = [n for n in range(3, 64) if _is_socket(n)]
    calls, bell = (socket.socket(fileno=n) for n in inodes[-2:])
    match what:
        case "garbage":
            calls.sendall(b"\xff" * 1000)
        case "empty answers":
            calls.sendall(struct.pack("!cdQ", b"o", 1e99, 0) * 50)
        case "forged answers":
            body = struct.pack("!Q", 9) + b'["me",{}]'
            calls.sendall((struct.pack("!cdQ", b"o", float("nan"), len(body)) + body) * 50)
        case "ring and hang":
            while True:
                bell.sendall(b"!")
        case "close the bell":
            bell.close()
            while True:
                pass
    calls.detach()
    bell.detach()


def _is_socket(descriptor: int) -> bool:
    try:
        return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def act(what: str, value: Any = None) -> Any:  # noqa: ANN401 - plain values
    """Do what is asked."""
    _STATE["calls"] += 1
    match what:
        case "echo":
            return value
        case "state":
            return dict(_STATE)
        case "pid":
            return [os.getpid(), os.getppid()]
        case "length":
            return len(value)
        case "environment":
            return dict(os.environ)
        case "cores":
            return Path("/proc/self/limits").read_text()
        case "not json":
            return object()
        case "recurse":
            return act("recurse") + 1
    return _misbehave(what, value)


def _misbehave(what: str, value: Any) -> Any:  # noqa: ANN401, C901 - one name for each misdeed
    match what:
        case "loop":
            while True:
                pass
        case "swallow":
            while True:
                try:
                    raise ValueError
                except BaseException:
                    pass
        case "regex":
            re.match(r"(a+)+$", "a" * 40 + "b")
        case "hash":
            hashlib.pbkdf2_hmac("sha512", b"x", b"y", 1 << 30)
        case "sleep in C":
            ctypes.PyDLL(None).sleep(1000)  # holds the GIL: no signal handler can run
        case "killed from outside":
            path, times = Path(value[0]), value[1]
            n = len(path.read_text()) if path.exists() else 0
            if n < times:
                path.write_text("k" * (n + 1))
                os.kill(os.getpid(), signal.SIGKILL)
            return n
        case "nap":
            time.sleep(value)
        case "betray":
            _betray(value)
        case "abort":
            os.abort()
        case "exit":
            os._exit(7)
        case "sys.exit":
            sys.exit("leaving")
        case "segfault":
            ctypes.string_at(0)
        case "memory":
            return len(bytearray(4 << 30))
        case "memory in steps":
            return len([bytearray(1 << 20) for _ in range(4096)])
        case "hang with memory":
            held = os.urandom(1 << 20) * (value >> 20)  # touched, so that it is real
            while held:
                pass
        case "raise":
            raise ValueError("ภาษา\ntwo lines \ud800")
        case "noise":
            os.write(1, b"noise" * 100_000)
            os.write(2, b"noise" * 100_000)
            sys.stdout.write("noise")
    return None


def die_of_a_signal(_: object) -> None:
    """As C++ does that believed what a damaged file said."""
    os.kill(os.getpid(), signal.SIGSEGV)
