"""Text that stands in a page's scripts alone: JSON-LD, and the state of pages that scripts build.

Asked only where the page shows no such text (:mod:`curate.html.extract`). What is found is HTML
again, made of the strings in their order, so that the same extractor decides about it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from curate.html.markup.read_page import Scanned
from curate.html.markup.tokenizer import RAW_TEXT

JSON_LD: Final = "json_ld"
STATE: Final = "script_state"

MAX_BYTES: Final = 8 << 20
"""Scripts of a page beyond so many bytes are not read."""

MIN_CHARS: Final = 60
"""A string of fewer code points is a label, not text."""

_MAX_VALUES = 200_000
_MAX_STATES, _MAX_CHUNKS = 64, 1024  # of one script
_NOT_SPACE = re.compile(r"\S")
_BODIES = ("articleBody", "reviewBody", "text")
_KNOWN = ("datePublished", "author")
_STATE = re.compile(r"(?:window|self|globalThis)\s*(?:\.\s*|\[\s*[\"'])(\w{3,64})[\"'\]\s]*=\s*")
_IS_STATE = re.compile(r"state|data|props|store|apollo|nuxt|redux|payload|model|config", re.I)
_PARSED = re.compile(r"JSON\.parse\(\s*(?=[\"'])")
_FLIGHT = re.compile(r"__next_f\.push\(\s*(\[)")
_ROW = re.compile(r"([0-9a-f]{1,8}):(T([0-9a-f]{1,8}),)?")
_MARKUP = re.compile(r"</?(?:p|br|div|h[1-6]|li|ul|span|a|em|strong|b|i)\b[^<>]*>", re.I)
_CODE = re.compile(r"[{};=<>\\_]|https?://|\w{40,}", re.ASCII)
_DECODER = json.JSONDecoder(strict=False)


@dataclass(slots=True)
class Linked:
    """Text and facts in the JSON-LD of a page.

    Attributes:
        body: the longest text of an article, a review or a posting, as HTML; may be empty.
        known: ``datePublished`` and ``author``, where they are plain.
    """

    body: str = ""
    known: dict[str, str] = field(default_factory=dict)


def read_linked(page: Scanned) -> Linked:
    """The JSON-LD of a page; what cannot be parsed says nothing."""
    linked, left = Linked(), MAX_BYTES
    for script in page.linked_data():
        left -= len(script)
        if left < 0:
            break
        for node in _objects(_parsed(script.decode("utf-8", "replace"))):
            _note(node, linked)
    return linked


def _note(node: dict[str, Any], linked: Linked) -> None:
    for name in _BODIES:
        text = node.get(name)
        if isinstance(text, str) and len(text) > max(len(linked.body), MIN_CHARS):
            linked.body = as_html(text)
    date, author = node.get("datePublished"), node.get("author")
    if isinstance(date, str):
        linked.known.setdefault("datePublished", date)
    if isinstance(author, list) and len(author) == 1:
        author = author[0]
    if isinstance(author, dict):
        author = author.get("name")
    if isinstance(author, str):
        linked.known.setdefault("author", author)


def state_html(page: Scanned) -> str:
    """The texts in a page's state, as HTML; empty if there are none."""
    left, parts = MAX_BYTES, []
    flight: list[str] = []
    for script in _all_scripts(page):
        left -= len(script)
        if left < 0:
            break
        text = script.decode("utf-8", "replace")
        flight += _chunks(text)
        for value in _states(text):
            parts += _texts(value)
    parts += _of_flight("".join(flight))
    return "\n".join(dict.fromkeys(parts))


def _all_scripts(page: Scanned) -> Iterator[bytes]:
    for place in page.contents("script", RAW_TEXT):
        if "ld+json" not in page.script_type(place):
            yield page.content(place)


def _parsed(text: str, at: int = 0) -> Any:  # noqa: ANN401 - JSON
    """The value that begins at ``at`` or behind white space there; None if none does."""
    begin = _NOT_SPACE.search(text, at)
    try:
        return _DECODER.raw_decode(text, begin.start())[0] if begin else None
    except (ValueError, RecursionError):
        return None


def _states(script: str) -> Iterator[Any]:
    """The values of a script that is JSON, or that gives some to the window."""
    if script.lstrip()[:1] in ("{", "["):
        yield _parsed(script)
        return
    for match in islice(_STATE.finditer(script), _MAX_STATES):
        if _IS_STATE.search(match[1]):
            quoted = _PARSED.match(script, match.end())
            if quoted is None:
                yield _parsed(script, match.end())
            else:
                yield _parsed(str(_parsed(script, quoted.end()) or ""))


def _chunks(script: str) -> Iterator[str]:
    """Pieces that a script adds to the stream of React's server components, as Next.js sends it."""
    if "__next_f" not in script:
        return
    for match in islice(_FLIGHT.finditer(script), _MAX_CHUNKS):
        value = _parsed(script, match.start(1))
        if isinstance(value, list) and len(value) > 1 and isinstance(value[1], str):
            yield value[1]


def _of_flight(stream: str) -> list[str]:
    """The texts of such a stream: rows of JSON, and of text with its length in bytes."""
    parts: list[str] = []
    raw, at = stream.encode("utf-8", "replace"), 0
    while at < len(raw):
        head = _ROW.match(raw[at : at + 32].decode("utf-8", "replace"))
        end = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end
        if head is None:
            at = end + 1
            continue
        start = at + len(head[0])
        if head[2]:
            end = start + int(head[3], 16)
            parts += _shown(raw[start:end].decode("utf-8", "replace"))
            at = end
        else:
            parts += _texts(_parsed(raw[start:end].decode("utf-8", "replace")))
            at = end + 1
    return parts


def _values(root: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """All values in document order, without recursion."""
    rest, n = [root], 0
    while rest and n < _MAX_VALUES:
        value = rest.pop()
        n += 1
        yield value
        if isinstance(value, dict):
            rest += reversed(value.values())
        elif isinstance(value, list):
            rest += reversed(value)


def _objects(root: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    return (value for value in _values(root) if isinstance(value, dict))


def _texts(root: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [part for value in _values(root) if isinstance(value, str) for part in _shown(value)]


def _shown(text: str) -> list[str]:
    """A string as HTML if it is text for readers: long enough, and no program, style or address."""
    if len(text) < MIN_CHARS:
        return []
    plain = _MARKUP.sub("", text)
    return [as_html(text)] if len(_CODE.findall(plain)) <= len(plain) // 50 else []


def as_html(text: str) -> str:
    """A string of JSON as HTML: its own markup, or a paragraph for each of its lines."""
    if _MARKUP.search(text):
        return f"<div>{text}</div>"
    if "&lt;" in text and _MARKUP.search(html.unescape(text)):
        return f"<div>{html.unescape(text)}</div>"
    lines = (html.escape(html.unescape(line), quote=False) for line in text.split("\n"))
    return "".join(f"<p>{line}</p>" for line in lines if line.strip())
