"""A real headless Chromium, driven through its DevTools protocol over two pipes.

No driver program and no port: Chromium reads commands from descriptor 3 and writes answers and
events to 4, each ended by a zero byte (``--remote-debugging-pipe``).
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)
DEADLINE = 30.0

Json = Any


class Browser:
    """One page. Everything the page logs, asks for or is refused is kept."""

    def __init__(self, process: subprocess.Popen[bytes], to: int, back: int) -> None:
        self._process, self._to, self._back = process, to, back
        self._buffer, self._number, self._session = b"", 0, ""
        self._loads = 0
        self.problems: list[str] = []
        self.requests: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Json) -> Json:
        """Send a command and wait for its answer."""
        self._number += 1
        said: Json = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            said["sessionId"] = self._session
        os.write(self._to, json.dumps(said).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                assert "error" not in message, message["error"]
                return message["result"]
            self._note(message)

    def _next(self) -> Json:
        end = time.monotonic() + DEADLINE
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._back], [], [], max(0.0, end - time.monotonic()))
            assert ready, "Chromium does not answer"
            read = os.read(self._back, 1 << 20)
            assert read, "Chromium has ended"
            self._buffer += read
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)

    def _note(self, message: Json) -> None:
        method, said = message.get("method", ""), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loads += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(str(said["exceptionDetails"].get("exception", said)))
        elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning"):
            self.problems.append(str(said["args"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self.problems.append(said["entry"]["text"])
        elif method == "Audits.issueAdded" and "Security" in said["issue"]["code"]:
            self.problems.append(str(said["issue"]))

    def run(self, script: str) -> Json:
        """The value of an expression in the page; promises are waited for."""
        answer = self.ask(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Until an expression is true, looked at after every frame."""
        self.run(
            "new Promise((done) => { const look = () => "
            f"({condition}) ? done(true) : requestAnimationFrame(look); look(); }})"
        )

    def open(self, page: Path, place: str = "") -> None:
        """Open a report at an address after #, and wait until it is shown."""
        loads = self._loads
        if "loaderId" in self.ask("Page.navigate", url=page.as_uri() + place):
            while self._loads == loads:
                self._note(self._next())
        self.wait(f"document.documentElement.dataset.ready === {json.dumps(place or '#/')}")
        self.frame()

    def go(self, place: str) -> None:
        """Follow a link within the report."""
        self.run(f"void (location.hash = {json.dumps(place)})")
        self.wait(f"document.documentElement.dataset.ready === {json.dumps(place)}")
        self.frame()

    def frame(self) -> None:
        """Wait until what was asked for is drawn."""
        self.run("new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(d)))")

    def text(self, selector: str) -> str:
        """The text of the first element that a selector finds."""
        return str(self.run(f"document.querySelector({json.dumps(selector)}).textContent"))

    def size(self, width: int, height: int, *, dark: bool = False) -> None:
        """The window, as wide as a phone or as a screen."""
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 700,
        )
        scheme = "dark" if dark else "light"
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", features=features)
        self.frame()

    def key(self, name: str) -> None:
        """Press and release a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=name, code=name, **_code(name))
        self.frame()

    def drag(self, selector: str, by: float, *, steps: int = 8) -> None:
        """Take an element in its middle and move it to the right by so many pixels."""
        self.run(
            f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block:'center'}})"
        )
        self.frame()
        at = self.run(
            f"(() => {{ const r = document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect(); return [r.left + r.width / 2, r.top + 8]; })()"
        )
        self._mouse("mouseMoved", at[0], at[1], buttons=0)
        self._mouse("mousePressed", at[0], at[1], buttons=1)
        for step in range(1, steps + 1):
            self._mouse("mouseMoved", at[0] + by * step / steps, at[1], buttons=1)
        self._mouse("mouseReleased", at[0] + by, at[1], buttons=0)
        self.frame()

    def _mouse(self, kind: str, x: float, y: float, *, buttons: int) -> None:
        button = "left" if buttons or kind == "mouseReleased" else "none"
        self.ask(
            "Input.dispatchMouseEvent",
            type=kind,
            x=x,
            y=y,
            button=button,
            buttons=buttons,
            clickCount=1,
        )

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """A screenshot as PNG."""
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))


def _code(name: str) -> dict[str, int]:
    codes = {
        "Tab": 9, "Enter": 13, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39,
        "PageUp": 33, "PageDown": 34, "Delete": 46, "Escape": 27,
    }  # fmt: skip
    return {"windowsVirtualKeyCode": codes[name]}


@contextmanager
def chromium(profile: Path) -> Iterator[Browser]:
    """A browser with a profile folder of its own; it is ended with the block."""
    assert CHROMIUM is not None
    their_in, to = os.pipe()
    back, their_out = os.pipe()

    def place_pipes() -> None:
        os.dup2(their_in, 3)
        os.dup2(their_out, 4)

    # Duplicates above 4, so that placing one does not overwrite the other.
    their_in, their_out = (_above(fd) for fd in (their_in, their_out))
    process = subprocess.Popen(
        [CHROMIUM, *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={profile}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        close_fds=False,
        preexec_fn=place_pipes,
    )
    for fd in (their_in, their_out):
        os.close(fd)
    try:
        yield Browser(process, to, back)
    finally:
        process.kill()
        process.wait()
        os.close(to)
        os.close(back)


def _above(fd: int) -> int:
    import fcntl

    moved = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20)
    os.close(fd)
    return moved
