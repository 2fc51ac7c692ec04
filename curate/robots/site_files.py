"""Files in which a site says how it may be used: robots.txt, tdmrep.json, ai.txt.

- ``Content-Usage`` rules of robots.txt (draft-ietf-aipref-attach, section 3, of the working group's
  repository in 2026; -05 itself could not be read): groups as in RFC 9309, the longest pattern
  decides, and of statements for one path the most restrictive. What may not be crawled has no
  preferences. A rule without a path, which drafts up to -01 allowed, is for every path.
- ``Content-Signal`` lines (Cloudflare, 2025) stand in groups too; a path in front is understood.
- ``License`` lines (RSL 1.0) hold for the whole site, wherever they stand.
- ``/.well-known/tdmrep.json`` (TDM Reservation Protocol, final report of May 2024, section 6.2): an
  array of rules, of which the first whose ``location`` matches decides. That order could only be
  checked in programs that follow it.
- ``/ai.txt`` of Spawning, which has the form of robots.txt; and that of 2026 with a line
  ``Training: deny``. Neither is a standard.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from curate.robots.preferences import (
    AIPREF,
    CONTENT_SIGNAL,
    MAX_CHARS,
    NO,
    UNSET,
    YES,
    may_train,
    strictest,
)
from curate.robots.rules import (
    MAX_BYTES,
    RULE_KEYS,
    Rules,
    grouped_lines,
    is_allowed,
    lines_of,
    matches,
    normal_pattern,
    parse,
)

TDMREP: Final = "tdmrep"
AI_TXT: Final = "ai_txt"

MAX_RULES: Final = 10_000
"""Rules of a file after these are not read."""

_USAGE_KEYS: Final = {
    "content-usage": AIPREF,
    "content-signal": CONTENT_SIGNAL,
    "content-signals": CONTENT_SIGNAL,
}
_MARKS = (b"content-usage", b"content-signal", b"license")
_TRAINING = {"deny": NO, "disallow": NO, "no": NO, "allow": YES, "yes": YES}


@dataclass(frozen=True, slots=True)
class UsageRule:
    """A statement about the addresses that a pattern matches.

    Attributes:
        vocabulary: :data:`curate.robots.preferences.AIPREF` or ``CONTENT_SIGNAL``.
        pattern: as of :class:`curate.robots.rules.Rule`.
        text: the statement as it is written.
    """

    vocabulary: str
    pattern: bytes
    text: str


@dataclass(frozen=True, slots=True)
class SiteUsage:
    """Statements of a robots.txt on use, for one agent.

    Attributes:
        crawl: its rules for crawling.
        rules: of its group.
        licenses: addresses of RSL licences, of the whole site.
    """

    crawl: Rules
    rules: tuple[UsageRule, ...]
    licenses: tuple[str, ...]

    def statements(self, path: bytes) -> list[tuple[str, str]]:
        """Vocabulary and text of each statement that holds for a path."""
        if not is_allowed(self.crawl, path):
            return []
        statements = []
        for vocabulary in (AIPREF, CONTENT_SIGNAL):
            fitting = [
                rule
                for rule in self.rules
                if rule.vocabulary == vocabulary and matches(rule.pattern, path)
            ]
            longest = max((len(rule.pattern) for rule in fitting), default=0)
            statements += [(vocabulary, r.text) for r in fitting if len(r.pattern) == longest]
        return statements


def robots_usage(body: bytes, agents: Sequence[str]) -> dict[str, SiteUsage]:
    """Statements of a robots.txt on use, by agent; empty where it says nothing."""
    if not any(mark in body.lower() for mark in _MARKS) and b"\0" not in body[:64]:
        return {}
    groups: dict[str, list[UsageRule]] = {}
    has_rules = False
    licenses: list[str] = []
    for key, value, names in grouped_lines(body, agents, RULE_KEYS | _USAGE_KEYS.keys()):
        if key == "license" and len(licenses) < MAX_RULES:
            licenses.append(value.decode("utf-8", "replace")[:MAX_CHARS])
        has_rules = has_rules or (key in _USAGE_KEYS and names is not None)
        for name in names or ():
            rules = groups.setdefault(name, [])
            if key in _USAGE_KEYS:
                rules.append(_usage_rule(_USAGE_KEYS[key], value))
    rest = groups.get("*", [])
    if not licenses and not has_rules:
        return {}
    crawl = parse(body, agents)
    absolute = tuple(dict.fromkeys(x for x in licenses if "://" in x))
    return {
        agent: SiteUsage(crawl[agent], tuple(groups.get(agent.lower(), rest))[:MAX_RULES], absolute)
        for agent in agents
    }


def _usage_rule(vocabulary: str, value: bytes) -> UsageRule:
    path, text = b"/", value
    if value.startswith((b"/", b"*")):
        path, _, text = value.replace(b"\t", b" ").partition(b" ")
    return UsageRule(vocabulary, normal_pattern(path), text.decode("latin-1").strip()[:MAX_CHARS])


@dataclass(frozen=True, slots=True)
class Reservation:
    """A rule of tdmrep.json."""

    pattern: bytes
    train_ai: str


def tdmrep_rules(body: bytes) -> tuple[Reservation, ...]:
    """The rules of a tdmrep.json, in its order; empty for what is none."""
    if len(body) > MAX_BYTES:
        return ()
    try:
        listed: Any = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    rules = []
    for rule in (listed if isinstance(listed, list) else [listed])[:MAX_RULES]:
        if isinstance(rule, dict) and isinstance(location := rule.get("location"), str):
            reserved = {"1": NO, "0": YES}.get(str(rule.get("tdm-reservation")).strip(), UNSET)
            pattern = normal_pattern(location.encode("utf-8", "surrogatepass"))
            rules.append(Reservation(pattern, reserved))
    return tuple(rules)


def tdmrep_answer(rules: Iterable[Reservation], path: bytes) -> str:
    """The answer of the first rule that matches: ``no`` if mining is reserved."""
    return next((rule.train_ai for rule in rules if matches(rule.pattern, path)), UNSET)


@dataclass(frozen=True, slots=True)
class AiTxt:
    """An ai.txt: rules by agent, strictest agent first, and what it says of all training."""

    rules: tuple[Rules, ...]
    training: str

    def answer(self, path: bytes) -> str:
        """Whether what it covers may be trained on."""
        by_rules = (
            NO if not is_allowed(rules, path) else YES
            for rules in self.rules
            if any(matches(rule.pattern, path) for rule in rules)
        )
        return strictest((self.training, *by_rules))


def read_ai_txt(body: bytes, agents: Sequence[str]) -> AiTxt | None:
    """An ai.txt; None for what says nothing, such as a page of HTML at its address."""
    if body.lstrip()[:1] == b"<":
        return None
    words = [
        value.decode("latin-1").strip().lower()
        for key, value in lines_of(body)
        if key == "training"
    ]
    rules = tuple(dict.fromkeys(rules for rules in parse(body, agents).values() if rules))
    training = strictest(_TRAINING.get(word, UNSET) for word in words)
    return AiTxt(rules, training) if rules or training != UNSET else None


def answers_of(statements: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Vocabulary -> what its statements together say of training."""
    answers: dict[str, str] = {}
    for vocabulary, text in statements:
        earlier = answers.get(vocabulary, UNSET)
        answers[vocabulary] = strictest((earlier, may_train(vocabulary, text)))
    return answers
