"""When a page was fetched, as its archive says: kept as given, None if there is no such day."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?\d*")
_PARTIAL = re.compile(r"\d{4}(?:-\d\d)?")
_FRACTION = re.compile(r"(?<=:\d\d)[.,]\d+")


def known_date(text: str) -> str | None:
    """A date of ISO 8601 as it is written (W3C's profile; parts may be left out).

    The 14 digits of ARC files and the dates of mail headers become ISO 8601.

    Returns:
        None for what is no date, such as the 31st of February or ``0000-00-00``.
    """
    try:
        datetime.fromisoformat(text)
        if len(text) >= 19:
            return text
    except ValueError:
        pass
    text = text.strip().strip("<>\"'")
    digits = _DIGITS.fullmatch(text)
    if digits:
        year, month, day, hour, minute, second = digits.groups(default="00")
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second}Z"
    elif "," in text or " " in text:
        text = _from_mail(text)
    return text if _is_possible(text) else None


def _is_possible(text: str) -> bool:
    if _PARTIAL.fullmatch(text):
        text = f"{text}-01" if len(text) == 7 else f"{text}-01-01"
    plain = (
        _FRACTION.sub("", text).replace(":60", ":59").upper()
    )  # leap seconds; RFC 3339 has t and z
    try:
        datetime.fromisoformat(plain)
    except ValueError:
        return False
    return "-" in plain[:8]


def _from_mail(text: str) -> str:
    try:
        time = parsedate_to_datetime(text)
        if time.tzinfo is not None:
            time = time.astimezone(UTC)
        return time.strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, TypeError, IndexError, OverflowError):
        return text
