"""Which addresses the robots.txt files of a crawl let an agent read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from curate.errors import ConfigError
from curate.robots.rules import (
    ALL_FORBIDDEN,
    NOTHING_FORBIDDEN,
    Rule,
    Rules,
    is_allowed,
    normal_path,
    parse,
)

ROBOTS_VERSION: Final = "3"
"""Raised by hand when the same files and addresses give other answers."""

_PARTS = re.compile(r"(?is)\s*([a-z][a-z0-9+.-]*)://([^/?#\\]*)(.*)")
_HOST_PORT = re.compile(r"(.*?)\.*(?::([0-9]*))?", re.DOTALL)
_PORTS = {"http": "80", "https": "443"}


@dataclass(frozen=True, slots=True)
class RobotsRecord:
    """One answer to a request for a robots.txt.

    Attributes:
        url: that was asked for.
        status: HTTP status.
        body: as served, without its content coding.
        date: ISO 8601; of several answers for one origin the latest counts.
    """

    url: str
    status: int
    body: bytes
    date: str = ""


class RobotsIndex:
    """Rules by origin: scheme, host and port. Sites with equal rules share them in memory."""

    def __init__(self, agents: Sequence[str]) -> None:
        """An empty index; see :meth:`build`."""
        self.agents = tuple(agents)
        self._origins: dict[str, int] = {}
        self._rules: list[tuple[Rules, ...]] = []

    @classmethod
    def build(
        cls,
        records: Iterable[RobotsRecord],
        agents: Sequence[str],
        *,
        unreachable_disallows: bool = True,
    ) -> RobotsIndex:
        """Read robots.txt files.

        Args:
            records: the answers, in any order; what lies at another path is left out.
            agents: product tokens to look up, such as ``CCBot``.
            unreachable_disallows: a server error (5xx, and 429) forbids everything, as RFC 9309,
                section 2.3.1.4, has it. Other answers without a file forbid nothing.

        Raises:
            ConfigError: no agent is named.
        """
        if not agents:
            raise ConfigError(
                "robots.agents",
                wanted="at least one agent",
                found="none",
                todo="name the product tokens whose rules count, such as `CCBot`",
            )
        index = cls(agents)
        known: dict[tuple[Rules, ...], int] = {}
        latest: dict[str, tuple[str, int, bytes]] = {}
        for record in records:
            origin, path = split_url(record.url)
            order = (record.date, record.status, record.body[:64])
            if origin is None or path != b"/robots.txt" or latest.get(origin, order) > order:
                continue
            latest[origin] = order
            rules = _rules_of(record, index.agents, forbidding=unreachable_disallows)
            number = known.setdefault(rules, len(index._rules))
            if number == len(index._rules):
                index._rules.append(rules)
            index._origins[origin] = number
        return index

    def __len__(self) -> int:
        """Origins whose rules are known."""
        return len(self._origins)

    def allowed(self, url: str | None) -> dict[str, bool | None]:
        """For each agent: may it read ``url``; None where the origin's robots.txt is not known."""
        origin, path = split_url(url or "")
        number = self._origins.get(origin) if origin is not None else None
        if number is None:
            return dict.fromkeys(self.agents)
        rules = self._rules[number]
        return {a: is_allowed(r, path) for a, r in zip(self.agents, rules, strict=True)}

    def disallowed(self, urls: Iterable[str | None]) -> list[list[str] | None]:
        """For each address the agents that may not read it; None where nothing is known."""
        agents_of: list[list[str] | None] = []
        for url in urls:
            answers = self.allowed(url)
            if None in answers.values():
                agents_of.append(None)
            else:
                agents_of.append([agent for agent, may in answers.items() if not may])
        return agents_of

    def to_bytes(self) -> bytes:
        """The index as bytes, for :meth:`from_bytes`."""
        rules = [
            [[[rule.allow, rule.pattern.decode("ascii")] for rule in part] for part in parts]
            for parts in self._rules
        ]
        return json.dumps([self.agents, self._origins, rules]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> RobotsIndex:
        """The index whose bytes :meth:`to_bytes` gave."""
        agents, origins, rules = json.loads(data)
        index = cls(agents)
        index._origins = origins
        index._rules = [
            tuple(tuple(Rule(allow, p.encode("ascii")) for allow, p in part) for part in parts)
            for parts in rules
        ]
        return index


def _rules_of(
    record: RobotsRecord, agents: Sequence[str], *, forbidding: bool
) -> tuple[Rules, ...]:
    if 200 <= record.status < 300:
        return tuple(parse(record.body, agents).values())
    unreachable = record.status >= 500 or record.status == 429
    rules = ALL_FORBIDDEN if unreachable and forbidding else NOTHING_FORBIDDEN
    return (rules,) * len(agents)


def split_url(url: str) -> tuple[str | None, bytes]:
    """Origin (scheme, host in ASCII, port) and path with query; no origin if it is no address."""
    match = _PARTS.fullmatch(url)
    if match is None:
        return None, b"/"
    scheme, authority = match[1].lower(), match[2].rpartition("@")[2].strip()
    parts = _HOST_PORT.fullmatch(authority)
    assert parts is not None  # it matches every text
    host = _ascii_host(parts[1].lower())
    if not host:
        return None, b"/"
    port = parts[2] or _PORTS.get(scheme, "")
    default = port == _PORTS.get(scheme)
    return f"{scheme}://{host}" + ("" if default else f":{port}"), normal_path(match[3])


def _ascii_host(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
