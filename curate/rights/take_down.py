"""Lists of what was taken down, and which documents they are about.

An entry is an address, a host or an id. An address is itself alone, in the form of
:func:`curate.urls.address.canonical`: scheme, ``www.``, a fragment and a closing slash make no
difference.
A host stands for all below it. Entries have a scope: the document alone, or its cluster too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.urls.address import canonical

EntryKind = Literal["url", "host", "id"]
Scope = Literal["page", "cluster"]

NOT_LISTED: Final = 0
ALONE: Final = 1
WITH_CLUSTER: Final = 2
"""Answers of :meth:`TakeDown.scopes`."""

_SCOPES: Final = {"page": ALONE, "cluster": WITH_CLUSTER}


class Entry(NamedTuple):
    """One entry of a list.

    Attributes:
        kind: ``url``, ``host`` or ``id``.
        value: in the form in which documents are compared with it.
        scope: ``page``: the document alone; ``cluster``: those of its cluster too.
    """

    kind: EntryKind
    value: str
    scope: Scope


def entry_of(kind: EntryKind, line: str, scope: Scope) -> Entry | None:
    """The entry of a line; None for an empty one, a comment, or one that names no host."""
    text = line.strip().lstrip("\ufeff")
    if not text or text.startswith("#"):
        return None
    if kind == "id":
        return Entry(kind, text, scope)
    value = _address(text) if kind == "url" else _host(text)
    return Entry(kind, value, scope) if value else None


def _host(text: str) -> str:
    """``*.www.example.org`` -> ``example.org``; ``www.com`` is a site, not all of ``com``."""
    host = canonical(text)[0].removeprefix("*.").strip(".")
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _address(url: str) -> str:
    host, rest = canonical(url.partition("#")[0])  # the fragment is never sent to a server
    host = host.removeprefix("www.") or host
    return host + rest.rstrip("/") if host else ""


@dataclass(frozen=True, slots=True)
class TakeDown:
    """All entries of a work folder.

    Attributes:
        entries: sorted; of two scopes of one thing the wider one alone.
    """

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> TakeDown:
        """The sum of lists, in whatever order they came."""
        widest: dict[tuple[EntryKind, str], Scope] = {}
        for kind, value, scope in entries:
            if widest.get((kind, value)) != "cluster":
                widest[kind, value] = scope
        return cls(tuple(sorted(Entry(*key, scope) for key, scope in widest.items())))

    def __bool__(self) -> bool:
        return bool(self.entries)

    def __contains__(self, entry: Entry) -> bool:
        return entry in self.entries or Entry(entry.kind, entry.value, "cluster") in self.entries

    @property
    def digest(self) -> str:
        """Sixteen hex digits of the entries; empty where there is none."""
        if not self.entries:
            return ""
        return hashlib.sha256(json.dumps(self.entries).encode()).hexdigest()[:16]

    @property
    def has_addresses(self) -> bool:
        """Whether addresses of documents decide, and not their ids alone."""
        return any(entry.kind != "id" for entry in self.entries)

    def scopes(self, ids: Sequence[str], urls: Sequence[str | None] | None) -> npt.NDArray[np.int8]:
        """int8[n]: :data:`NOT_LISTED`, :data:`ALONE` or :data:`WITH_CLUSTER` of each document.

        Args:
            ids: of the documents.
            urls: their addresses; may be None if no entry is about any.
        """
        known = {
            kind: {e.value: _SCOPES[e.scope] for e in self.entries if e.kind == kind}
            for kind in ("url", "host", "id")
        }
        scopes = [known["id"].get(id_, NOT_LISTED) for id_ in ids]
        if self.has_addresses:
            assert urls is not None
            for row, url in enumerate(urls):
                if url:
                    scopes[row] = max(scopes[row], _of_url(url, known["url"], known["host"]))
        return np.array(scopes, np.int8)


def _of_url(url: str, urls: dict[str, int], hosts: dict[str, int]) -> int:
    scope = urls.get(_address(url), NOT_LISTED) if urls else NOT_LISTED
    if hosts:
        host = canonical(url)[0]
        while host:
            scope = max(scope, hosts.get(host, NOT_LISTED))
            host = host.partition(".")[2]
    return scope
