"""An extractor that does its worst on pages that ask for it, to run in the place of ours."""

from __future__ import annotations

import os
import signal
from typing import Any

from curate.html import service


def extract_payload(
    payload: bytes,
    http_content_type: str | None,
    fallback_chars: int = 0,
    extractor: str = "trafilatura",
) -> dict[str, Any]:
    """Our extraction, but for pages with a mark."""
    if b"MISDEED abort" in payload:
        os.abort()
    if b"MISDEED exit" in payload:
        os._exit(0)
    if b"MISDEED kill" in payload:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"MISDEED memory" in payload:
        bytearray(8 << 30)
    if b"MISDEED raise" in payload:
        raise ValueError("ไม่ดี\nsecond line")
    while b"MISDEED hang" in payload:
        pass
    return service.extract_payload(payload, http_content_type, fallback_chars, extractor)


warm_up = service.warm_up
