"""Words in which sites say how their content may be used: AIPREF and Content Signals.

AIPREF is that of the IETF's drafts: the vocabulary ``train-ai``, ``ai-use`` and ``search`` with
``y`` and ``n`` (draft-ietf-aipref-vocab, sections 4 and 6, as in the working group's repository in
2026; the wording of -08 itself could not be read). It is a Dictionary of Structured Fields
(RFC 9651, section 3.2): what cannot be parsed says nothing, as section 6.5 of the draft asks.

Content Signals are Cloudflare's (contentsignals.org, September 2025): ``search``, ``ai-input`` and
``ai-train`` with ``yes`` and ``no``, between commas. Its grammar is only described in words, so any
case and any blanks are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

NO, YES, UNSET = "no", "yes", "unset"

AIPREF: Final = "aipref"
CONTENT_SIGNAL: Final = "content_signal"

MAX_CHARS: Final = 4096
"""A statement that is longer is none."""

TRAINING: Final[Mapping[str, str]] = MappingProxyType(
    {AIPREF: "train-ai", CONTENT_SIGNAL: "ai-train"}
)
"""Vocabulary -> its word for the training of models."""

_KEY = r"[a-z*][a-z0-9_.*-]*"
_BARE = (
    r"(?:[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*"  # a token
    r'|"(?:[^"\\\x00-\x1f\x7f-\uffff]|\\["\\])*"'
    r"|\?[01]|@?-?[0-9]{1,15}(?:\.[0-9]{1,3})?|:[A-Za-z0-9+/=]*:"
    r'|%"(?:[^"%\x00-\x1f]|%[0-9a-f]{2})*")'
)
_PARAMETERS = rf"(?:;\x20*{_KEY}(?:={_BARE})?)*"
_MEMBER = re.compile(rf"({_KEY})(?:=({_BARE}|\([^()]*\)))?{_PARAMETERS}")
_SEPARATOR = re.compile(r"[ \t]*,[ \t]*")
_SIGNAL = re.compile(r"\s*([A-Za-z-]+)\s*=\s*(yes|no)\s*", re.IGNORECASE)


def read_usage(text: str) -> dict[str, str]:
    """Categories of an AIPREF statement that it allows (``yes``) or disallows (``no``).

    The last value of a category counts; other values, parameters and unknown forms say nothing.

    >>> read_usage("train-ai=n, search=y;because=tax")
    {'train-ai': 'no', 'search': 'yes'}
    >>> read_usage("Train-AI=n"), read_usage("train-ai=n,")
    ({}, {})
    """
    text = text.strip(" ")
    if len(text) > MAX_CHARS:
        return {}
    values: dict[str, str | None] = {}
    at = 0
    while at < len(text):
        member = _MEMBER.match(text, at)
        if member is None:
            return {}
        values[member[1]] = member[2]
        at = member.end()
        if at == len(text):
            break
        separator = _SEPARATOR.match(text, at)
        if separator is None or separator.end() == len(text):
            return {}
        at = separator.end()
    words = {"y": YES, "n": NO}
    return {key: words[value] for key, value in values.items() if value in words}


def read_signals(text: str) -> dict[str, str]:
    """Content Signals: use -> ``yes`` or ``no``; of several for one use ``no`` wins.

    >>> read_signals("search=yes, AI-Train = No")
    {'search': 'yes', 'ai-train': 'no'}
    """
    values: dict[str, str] = {}
    for part in text[:MAX_CHARS].split(","):
        if match := _SIGNAL.fullmatch(part):
            use, value = match[1].lower(), match[2].lower()
            values[use] = strictest((values.get(use, UNSET), value))
    return values


def may_train(vocabulary: str, text: str) -> str:
    """``no``, ``yes`` or ``unset``: what a statement says of the training of models."""
    read = read_usage if vocabulary == AIPREF else read_signals
    return read(text).get(TRAINING[vocabulary], UNSET)


def strictest(answers: Iterable[str]) -> str:
    """The most restrictive of answers: ``no``, else ``yes``, else ``unset``.

    As draft-ietf-aipref-vocab, section 5.1, combines statements about one thing.
    """
    answers = set(answers)
    return NO if NO in answers else YES if YES in answers else UNSET
