"""The publisher of a corpus, who alone knows some of what its papers say; CITATION.cff."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from curate.robots.license_names import IDENTIFIERS
from curate.visible import visible_line

CITATION: Final = "CITATION.cff"
MISSING: Final = "**not said by the publisher**"
"""In place of what the job does not say."""

_KEY = re.compile(r"[^a-z0-9]+")
_LICENSES: Final = {
    "odc-by": "https://opendatacommons.org/licenses/by/1-0/",
    "odbl": "https://opendatacommons.org/licenses/odbl/1-0/",
    "pddl": "https://opendatacommons.org/licenses/pddl/1-0/",
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


@dataclass(frozen=True, slots=True)
class Publisher:
    """Facts that the job gives about whoever publishes.

    Attributes:
        creators: names of people or organisations.
        contact: where to ask, above all for removal: an address of mail or of a page.
        url: of the corpus.
        version: of the corpus.
        date: on which it is published, ISO 8601.
    """

    creators: tuple[str, ...] = ()
    contact: str = ""
    url: str = ""
    version: str = "1.0.0"
    date: str = ""

    def citation(self, title: str) -> str:
        """A BibTeX entry; empty without creators."""
        if not self.creators:
            return ""
        key = _KEY.sub("-", visible_line(title).lower()).strip("-") or "corpus"
        lines = [
            f"@misc{{{key},",
            f"  title = {{{visible_line(title)}}},",
            f"  author = {{{' and '.join('{' + visible_line(x) + '}' for x in self.creators)}}},",
            f"  version = {{{self.version}}},",
        ]
        if self.date:
            lines.append(f"  year = {{{self.date[:4]}}},")
        if self.url:
            lines.append(f"  url = {{{self.url}}},")
        return "\n".join([*lines, "}"])

    def removal_sentence(self) -> str:
        """Where to ask for a page to be taken out."""
        where = self.contact or "the publisher, whose address is not given here"
        return (
            f"Whoever wants a page taken out writes to {where}, with the address of the page or "
            "the id of the document."
        )


def citation_file(title: str, publisher: Publisher, license: str | None, version: str) -> bytes:
    """CITATION.cff, of version 1.2.0 of the format."""
    lines = [
        "cff-version: 1.2.0",
        'message: "If you use this corpus, please cite it as below."',
        "type: dataset",
        f"title: {_quoted(title)}",
        f"version: {_quoted(publisher.version)}",
        f'abstract: "A corpus of web text, made with curate {version}."',
        "authors:",
    ]
    names = publisher.creators or ("the publisher (not said in the job)",)
    lines += [f"  - name: {_quoted(name)}" for name in names]
    if publisher.date:
        lines.append(f"date-released: {publisher.date}")
    if publisher.url:
        lines.append(f"url: {_quoted(publisher.url)}")
    if license and (name := IDENTIFIERS.get(license.lower())):
        lines.append(f"license: {name}")
    return "\n".join([*lines, ""]).encode()


def license_address(license: str | None) -> str | None:
    """The address of a licence that the Hub's short names or SPDX know; else as it is written."""
    if license is None:
        return None
    if known := _LICENSES.get(license.lower()):
        return known
    name = IDENTIFIERS.get(license.lower())
    return f"https://spdx.org/licenses/{name}.html" if name else license


def _quoted(text: str) -> str:
    inner = visible_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'
