"""robots.txt: the Robots Exclusion Protocol, RFC 9309.

Groups that name an agent are merged, the rule with the longest pattern decides, and ``Allow`` wins
a tie. Accepted besides, as by the parser that Google published: misspelt keys, and a line whose
colon was forgotten. Patterns are matched without backtracking, so that no file can make a look-up
slow.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 500 << 10
"""Bytes that RFC 9309, section 2.5, asks to be read at least; the rest is ignored."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE_STARTS = (
    (re.compile(rb"(?:[\x09-\x7e]\0){2}"), "utf-16-le"),
    (re.compile(rb"(?:\0[\x09-\x7e]){2}"), "utf-16-be"),
)
AGENT_KEYS = frozenset(("user-agent", "useragent", "user agent"))
ALLOW_KEYS = frozenset(("allow",))
DISALLOW_KEYS = frozenset(("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"))
RULE_KEYS = ALLOW_KEYS | DISALLOW_KEYS
_TOKEN = re.compile(r"[A-Za-z_-]+")
_FIRST_WORD = re.compile(r"[^\s/;,]+")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_TO_ESCAPE = re.compile(rb"[^\x21-\x7e]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a group.

    Attributes:
        allow: whether what matches may be read.
        pattern: of a path, percent-encoded; ``*`` stands for anything, ``$`` at its end for the
            end of the path.
    """

    allow: bool
    pattern: bytes


Rules = tuple[Rule, ...]

NOTHING_FORBIDDEN: Final[Rules] = ()
ALL_FORBIDDEN: Final[Rules] = (Rule(False, b"/"),)


def parse(body: bytes, agents: Sequence[str]) -> dict[str, Rules]:
    """The rules for each agent, strongest first; those of ``*`` for an agent that is not named.

    Args:
        body: the file; bytes that are no UTF-8 are compared as they are.
        agents: product tokens such as ``CCBot``, in any case.
    """
    groups: dict[str, list[Rule]] = {}
    for key, value, names in grouped_lines(body, agents, RULE_KEYS):
        for name in names or ():
            rules = groups.setdefault(name, [])
            if key in RULE_KEYS and (pattern := normal_pattern(value)):
                rules.append(Rule(key in ALLOW_KEYS, pattern))
    rest = groups.get("*", [])
    return {agent: _ordered(groups.get(agent.lower(), rest)) for agent in agents}


def grouped_lines(
    body: bytes, agents: Sequence[str], rule_keys: Set[str]
) -> Iterator[tuple[str, bytes, Sequence[str] | None]]:
    """Lines of a robots.txt in their groups: key, value, and who is asked about is in the group.

    Others than ``agents`` and ``*`` are not kept: names times rules is quadratic in the file. The
    last is None outside of groups. Lines of agents are given too, since a group may be empty.

    Args:
        body: the file.
        agents: product tokens, in any case.
        rule_keys: keys of rules. A line of an agent behind one of these begins another group;
            other lines, and those of agents, are given and end none.
    """
    asked_about = {"*", *(agent.lower() for agent in agents)}
    names: list[str] | None = None
    in_rules = True
    for key, value in lines_of(body):
        if key in AGENT_KEYS:
            more = names_of(value)
            if in_rules:
                names = None
            if more:
                names = sorted(asked_about.intersection(more).union(names or ()))
            in_rules = False
        in_rules = in_rules or key in rule_keys
        yield key, value, names


def is_allowed(rules: Rules, path: bytes) -> bool:
    """Whether ``path`` (as :func:`normal_path` has it) may be read under rules that are ordered."""
    if path == b"/robots.txt":
        return True
    return next((rule.allow for rule in rules if matches(rule.pattern, path)), True)


def matches(pattern: bytes, path: bytes) -> bool:
    """Whether a pattern matches a beginning of ``path``, in time linear in it for each ``*``."""
    anchored = pattern.endswith(b"$")
    first, *others = (pattern[:-1] if anchored else pattern).split(b"*")
    if not path.startswith(first):
        return False
    if not others:
        return not anchored or len(path) == len(first)
    at = len(first)
    last = others.pop()
    for piece in others:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if anchored:
        return len(path) - len(last) >= at and path.endswith(last)
    return path.find(last, at) >= 0


def normal_path(path: str) -> bytes:
    """Path and query of an address as patterns are compared with it; ``*`` and ``$`` escaped."""
    data = path.partition("#")[0].encode("utf-8", "surrogatepass")
    return _escaped(data if data.startswith(b"/") else b"/" + data, specials=b"*$")


def normal_pattern(value: bytes) -> bytes:
    """A pattern in the same form, but for ``*`` and a ``$`` at its end."""
    body, end = (value[:-1], b"$") if value.endswith(b"$") else (value, b"")
    return _escaped(body, specials=b"$") + end


def _escaped(data: bytes, *, specials: bytes) -> bytes:
    """RFC 9309, section 2.2.2: escapes of unreserved characters undone, all else escaped."""
    data = _ESCAPE.sub(_unescaped, data)
    data = _TO_ESCAPE.sub(lambda match: b"%%%02X" % match[0][0], data)
    for special in specials:
        data = data.replace(bytes((special,)), b"%%%02X" % special)
    return data


def _unescaped(match: re.Match[bytes]) -> bytes:
    value = int(match[1], 16)
    return bytes((value,)) if value in _UNRESERVED else match[0].upper()


def _as_utf8(body: bytes) -> bytes:
    """Without a byte order mark; of UTF-16 and UTF-32, with or without one, as UTF-8."""
    body = body[: 4 * MAX_BYTES + 4]
    head = body.lstrip(b"\r\n \t")
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            text = head[len(mark) :].decode(encoding, "replace")
            return text.lstrip("\ufeff").encode("utf-8", "replace")
    if b"\0" in body[:64]:
        for start, encoding in _WIDE_STARTS:
            if start.match(body):
                return body.decode(encoding, "replace").encode("utf-8", "replace")
    return body


def lines_of(body: bytes) -> Iterable[tuple[str, bytes]]:
    """Key, in lower case, and value of every line that has both."""
    body = _as_utf8(body)
    is_cut = len(body) > MAX_BYTES
    lines = _LINE_END.split(body[:MAX_BYTES])
    for line in lines[:-1] if is_cut else lines:
        text = line.partition(b"#")[0].strip(b" \t\x00")
        key, colon, value = text.partition(b":")
        if not colon:
            parts = text.split()
            if len(parts) != 2:
                continue
            key, value = parts
        yield key.strip().lower().decode("latin-1"), value.strip()


def names_of(value: bytes) -> list[str]:
    """The names that a line of agents may mean: its product token and its first word.

    RFC 9309 has letters, ``_`` and ``-`` in tokens; some agents, such as ``AI2Bot``, have digits.
    """
    text = value.decode("utf-8", "replace")
    if text.startswith("*") and not text[1:2].strip():
        return ["*"]
    parsed = (pattern.match(text) for pattern in (_TOKEN, _FIRST_WORD))
    return list(dict.fromkeys(match[0].lower() for match in parsed if match))


def _ordered(rules: Iterable[Rule]) -> Rules:
    """The longest pattern first, ``Allow`` before ``Disallow`` of the same length, each once."""
    return tuple(
        sorted(dict.fromkeys(rules), key=lambda r: (-len(r.pattern), not r.allow, r.pattern))
    )
