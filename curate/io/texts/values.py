"""Values that strangers wrote, in the types of our columns."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from email.utils import parsedate_tz
from functools import lru_cache
from typing import Any, Final

ABSENT: Final = object()
"""The answer of :func:`look_up` where there is nothing of a name."""

OPEN: Final = object()
"""In the place of a value in a schema: names may be in it that the schema does not tell."""

MAYBE: Final = object()
"""The answer of :func:`look_up` where only the rows can tell."""

OUT_OF_RANGE: Final = "out of range"
"""In the place of a time that no calendar has."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_TIME = r"(?:[T_ ]*(\d\d):?(\d\d)(?::?(\d\d))?)?(?!\d)"
_DAY = re.compile(r"\+?(\d{4})(?:[-/.](\d\d?)[-/.](\d\d?)|(\d\d)(\d\d))" + _TIME)
_ORDINAL = re.compile(r"\d{4}-?(\d{3})(?!\d)")
_MONTH = re.compile(r"(\d{4})(?:-(\d\d))?$")
_WEEK = re.compile(r"(\d{4})-?W(\d\d)(?:-?([1-7]))?$")
_EPOCH = re.compile(r"-?\d{9,10}(\.\d+)?$|-?\d{12,13}$|-?\d{15,16}$|-?\d{18,19}$")


def look_up(row: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - any JSON value
    """``metadata.url`` -> ``row["metadata"]["url"]``; a key with a dot in it comes first.

    An object may also stand as text, as exports of tables have it.
    """
    if name in row:
        return row[name]
    head, dot, rest = name.partition(".")
    inner = row.get(head) if dot else None
    if inner is None:
        return ABSENT  # before anything else: asked thirty times a row
    if inner is OPEN:
        return MAYBE
    if isinstance(inner, str):
        inner = _object(inner)
    return look_up(inner, rest) if isinstance(inner, Mapping) else ABSENT


@lru_cache(maxsize=4)
def _object(text: str) -> Mapping[str, Any] | None:
    """The JSON object that a text is; kept, since several columns ask for the same."""
    if not text.startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def as_text(value: object) -> str | None:
    """A text as a column of texts holds it; bytes are UTF-8; None for anything else."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    return None


def as_string(value: object) -> str | None:
    """A value as a string column holds it; the first of a list; null for objects."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str | bytes):
        return as_text(value)
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.UTC)
        return f"{value:%Y-%m-%dT%H:%M:%S}Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def as_number(value: object) -> int | None:
    """A count or an offset; null for anything else, and for what no column of int64 holds."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    is_offset = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63
    return value if is_offset and isinstance(value, int) else None


def as_boolean(value: object) -> bool | None:
    """True or false; null for anything else."""
    return value if isinstance(value, bool) else None


def as_fraction(value: object) -> float | None:
    """A number from 0 to 1; null for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return (
        float(value) if is_number and isinstance(value, int | float) and 0 <= value <= 1 else None
    )


def as_alternates(value: object) -> list[dict[str, str]] | None:
    """Translations as their column holds them; what has no language or address is left out."""
    if not isinstance(value, list):
        return None
    names = ("hreflang", "url")
    rows = [{n: as_string(x.get(n)) for n in names} for x in value if isinstance(x, dict)]
    return [{n: text for n, text in row.items() if text} for row in rows if all(row.values())]


def as_signs(value: object) -> list[dict[str, str]] | None:
    """Signs of use as their column holds them; what is not whole is left out."""
    if not isinstance(value, list):
        return None
    names = ("sign", "place", "text", "train_ai")
    rows = [{n: as_string(x.get(n)) for n in names} for x in value if isinstance(x, dict)]
    return [
        {n: text for n, text in row.items() if text is not None}
        for row in rows
        if all(text is not None for text in row.values())
    ]


def as_strings(value: object) -> list[str] | None:
    """A list as a column of lists of strings holds it; null for what is no list.

    What HPLT 2.0 says in ``robots`` becomes the sign ``robots:disallowed``, or none.
    """
    if value in ("allowed", "disallowed"):
        return ["robots:disallowed"] if value == "disallowed" else []
    if not isinstance(value, list):
        return None
    return [text for text in map(as_string, value) if text is not None]


def is_possible(date: str) -> bool:
    """False for a date that no calendar has, and for a text that is none at all.

    Known are days, with or without a time (ISO 8601, also without its dashes), weeks, months,
    years, seconds since 1970, and the form of mails. A text in words is left to its reader.

    >>> is_possible("2024-02-30"), is_possible("2024-02-29T25:00:00Z"), is_possible("20240229")
    (False, False, True)
    """
    text = date.strip()
    if text[4:8:3] == "--" and text[:4].isdigit():
        return _fits_calendar(text)  # what nearly all are
    if not any(c.isdigit() for c in text):
        return False
    if week := _WEEK.match(text):
        return 1 <= int(week[2]) <= 53
    if month := _MONTH.match(text):
        return int(month[1]) > 0 and (month[2] is None or 1 <= int(month[2]) <= 12)
    if _EPOCH.match(text) and not _fits_calendar(text):
        return True
    if text.lstrip("+-")[:4].isdigit():
        return _fits_calendar(text)
    return _is_mail_date(text)


def _fits_calendar(text: str) -> bool:
    if ordinal := _ORDINAL.match(text):
        return 1 <= int(ordinal[1]) <= 366
    match = _DAY.match(text)
    if match is None:
        return not re.match(r"\d{4}[-/.]\d", text)
    year, month, day, *rest = (int(x) for x in match.groups(default="0"))
    month, day = month or rest[0], day or rest[1]
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    hour, minute, second = rest[2:]
    return hour <= 24 and minute < 60 and second <= 60


def _is_mail_date(text: str) -> bool:
    parts = parsedate_tz(text)
    if parts is None:
        return True  # in words: nothing speaks against it
    try:
        datetime.datetime(*parts[:5], min(parts[5], 59))
    except ValueError:
        return False
    return True
