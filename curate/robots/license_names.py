"""Addresses and short names of licences -> their SPDX identifiers.

Creative Commons in all versions and ports, its public domain marks, and common licences of
documents, data and software. Identifiers are those of the SPDX License List; a port that the list
does not have is told as its licence without the port. The retired licences ``sampling``,
``devnations`` and their like have no identifier, and neither has a page that lists licences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

MAX_CHARS: Final = 2048
"""An address or a name that is longer is none."""

_PORTS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "CC-BY-2.5": frozenset(("AU",)),
        "CC-BY-3.0": frozenset(("AT", "AU", "DE", "IGO", "NL", "US")),
        "CC-BY-NC-3.0": frozenset(("DE",)),
        "CC-BY-NC-ND-3.0": frozenset(("DE", "IGO")),
        "CC-BY-NC-SA-2.0": frozenset(("DE", "FR", "UK")),
        "CC-BY-NC-SA-3.0": frozenset(("DE", "IGO")),
        "CC-BY-ND-3.0": frozenset(("DE",)),
        "CC-BY-SA-2.0": frozenset(("UK",)),
        "CC-BY-SA-2.1": frozenset(("JP",)),
        "CC-BY-SA-3.0": frozenset(("AT", "DE", "IGO")),
    }
)
"""Licences of which the SPDX list has ports."""

_KINDS: Final = ("BY", "BY-NC", "BY-ND", "BY-SA", "BY-NC-ND", "BY-NC-SA")
_VERSIONS: Final = ("1.0", "2.0", "2.5", "3.0", "4.0")
_CC: Final = frozenset(f"CC-{kind}-{version}" for kind in _KINDS for version in _VERSIONS) | {
    "CC-SA-1.0"
}
_UNLISTED: Final = {"2.1": "2.0"}
"""2.1 was made for some countries only; the list has it for Japan's BY-SA."""

_CC_URL = re.compile(
    r"creativecommons\.org/(?:licen[sc]es/(?P<kind>by|sa|(?:by-)?n[cd](?:-(?:n[cd]|sa))?|by-sa"
    r"|by-n[cd](?:-(?:n[cd]|sa))?)/(?P<version>[1-4]\.\d)(?:/(?P<port>[a-z]{2,3})(?![a-z]))?"
    r"|(?P<zero>publicdomain/zero/1\.0)|(?P<mark>publicdomain/mark/1\.0)"
    r"|(?P<dedication>licen[sc]es/publicdomain|publicdomain/certification))"
)
_CC_NAME = re.compile(
    r"(?:cc|creative ?commons)[ _-]?(?:licen[sc]e )?(?P<kind>by(?:[ _/-]?(?:nc|nd|sa)){0,2})"
    r"[ _-]?v?(?P<version>[1-4]\.\d)?(?:[ _-](?P<port>[a-z]{2,3})|[ _](?:international|unported))?"
)
_CC_ZERO = re.compile(r"cc[ _-]?0(?:[ _-]?(?:v?1\.0|universal))*")

_URLS: Final[tuple[tuple[str, str, bool], ...]] = (
    (
        r"gnu\.org/(?:copyleft|licen[sc]es(?:/old-licenses)?)/fdl-1\.([123])",
        "GFDL-1.{}-or-later",
        True,
    ),
    (r"gnu\.org/(?:copyleft|licen[sc]es)/fdl(?![a-z-])", "GFDL-1.3-or-later", True),
    (r"opendatacommons\.org/licen[sc]es/odbl(?![a-z])", "ODbL-1.0", True),
    (r"opendatacommons\.org/licen[sc]es/by(?![a-z])", "ODC-By-1.0", True),
    (r"opendatacommons\.org/licen[sc]es/pddl(?![a-z])", "PDDL-1.0", True),
    (
        r"nationalarchives\.gov\.uk/doc/open-government-licence/version/([123])",
        "OGL-UK-{}.0",
        True,
    ),
    (r"etalab\.gouv\.fr/[\w./-]*licence-ouverte", "etalab-2.0", True),
    (r"govdata\.de/dl-de/by-2-0", "DL-DE-BY-2.0", True),
    (r"govdata\.de/dl-de/zero-2-0", "DL-DE-ZERO-2.0", True),
    (r"artlibre\.org/licence/lal", "LAL-1.3", True),
    (r"gnu\.org/(?:copyleft|licen[sc]es(?:/old-licenses)?)/agpl-3\.0", "AGPL-3.0-only", False),
    (
        r"gnu\.org/(?:copyleft|licen[sc]es(?:/old-licenses)?)/lgpl-([23]\.[01])",
        "LGPL-{}-only",
        False,
    ),
    (r"gnu\.org/(?:copyleft|licen[sc]es(?:/old-licenses)?)/gpl-([123]\.0)", "GPL-{}-only", False),
    (r"apache\.org/licen[sc]es/license-2\.0", "Apache-2.0", False),
    (r"mozilla\.org/(?:[a-z-]+/)?mpl/2\.0", "MPL-2.0", False),
    (r"unlicense\.org", "Unlicense", False),
)
"""Pattern of an address in lower case, identifier, and whether it is for documents or data."""

_COMPILED: Final = tuple((re.compile(p), name, documents) for p, name, documents in _URLS)

_LISTED = re.compile(
    r"(?:spdx\.org/licen[sc]es|opensource\.org/licen[sc]es?|choosealicense\.com/licen[sc]es)"
    r"/(?:licen[sc]e/)?([a-z0-9][a-z0-9.+-]*?)(?:\.html|\.json|/)?(?=[?#\"'\s]|$)"
)

_OTHERS: Final = (
    *("0BSD", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "Artistic-2.0", "BSD-2-Clause"),
    *("BSD-3-Clause", "BSL-1.0", "EPL-2.0", "EUPL-1.2", "GFDL-1.1-only", "GFDL-1.1-or-later"),
    *("GFDL-1.2-only", "GFDL-1.2-or-later", "GFDL-1.3-only", "GFDL-1.3-or-later", "GPL-2.0-only"),
    *("GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "LGPL-2.1-only"),
    *("LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0"),
    *("ODbL-1.0", "ODC-By-1.0", "OGL-UK-3.0", "PDDL-1.0", "Unlicense", "Zlib", "etalab-2.0"),
    *("CC0-1.0", "CC-PDDC", "CC-PDM-1.0", "DL-DE-BY-2.0", "DL-DE-ZERO-2.0", "LAL-1.3"),
    *("OGL-UK-1.0", "OGL-UK-2.0", "CC-SA-1.0"),
)
_PORTED: Final = (f"{name}-{port}" for name, ports in _PORTS.items() for port in ports)
IDENTIFIERS: Final[Mapping[str, str]] = MappingProxyType(
    {name.lower(): name for name in (*_OTHERS, *sorted(_CC), *_PORTED)}
)
"""Every identifier that is known here, by its form in lower case."""

_SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gpl-2.0": "GPL-2.0-only",
        "gpl-3.0": "GPL-3.0-only",
        "lgpl-2.1": "LGPL-2.1-only",
        "lgpl-3.0": "LGPL-3.0-only",
        "agpl-3.0": "AGPL-3.0-only",
        "mit-license": "MIT",
        "bsd-license": "BSD-2-Clause",
        "isc-license": "ISC",
    }
)


def license_of_url(url: str) -> tuple[str, bool] | None:
    """SPDX identifier of the licence at an address, and whether it is for documents or data.

    >>> license_of_url("http://creativecommons.org/licenses/by-nc-sa/3.0/de/deed.fr")
    ('CC-BY-NC-SA-3.0-DE', True)
    >>> license_of_url("https://creativecommons.org/licenses/"), license_of_url("/terms")
    (None, None)
    """
    text = url[:MAX_CHARS].lower()
    if match := _CC_URL.search(text):
        name = _of_creative_commons(match)
        return (name, True) if name else None
    for pattern, name, is_for_documents in _COMPILED:
        if match := pattern.search(text):
            return name.format(*match.groups()), is_for_documents
    if match := _LISTED.search(text):
        known = IDENTIFIERS.get(match[1]) or _SHORT.get(match[1])
        return (known, known.startswith(("CC", "OD", "GFDL", "PDDL"))) if known else None
    return None


def license_of_name(text: str) -> str | None:
    """SPDX identifier of a licence that is named in short, as ``CC BY-SA 4.0`` or ``MIT``.

    >>> license_of_name("CC BY-NC 4.0 International"), license_of_name("All rights reserved")
    ('CC-BY-NC-4.0', None)
    """
    short = " ".join(text[:MAX_CHARS].lower().split())
    if known := IDENTIFIERS.get(short.replace(" ", "-")):
        return known
    if _CC_ZERO.fullmatch(short):
        return "CC0-1.0"
    match = _CC_NAME.fullmatch(short)
    return _named(match["kind"], match["version"], match["port"]) if match else None


def _of_creative_commons(match: re.Match[str]) -> str | None:
    if match["zero"]:
        return "CC0-1.0"
    if match["mark"]:
        return "CC-PDM-1.0"
    if match["dedication"]:
        return "CC-PDDC"
    return _named(match["kind"], match["version"], match["port"])


def _named(kind: str, version: str | None, port: str | None) -> str | None:
    """The identifier of a licence of Creative Commons; None if the list has none."""
    if version is None:
        return None  # which of five is meant is not said
    parts = re.findall("by|nc|nd|sa", kind)
    if len(set(parts)) < len(parts) or {"nd", "sa"} <= set(parts):
        return None
    ordered = [part for part in ("by", "nc", "nd", "sa") if part in parts]
    name = f"CC-{'-'.join(ordered)}-{version}".upper()
    upper = (port or "").upper()
    if upper in _PORTS.get(name, ()):
        return f"{name}-{upper}"
    if version in _UNLISTED:
        name = name.removesuffix(version) + _UNLISTED[version]
    return name if name in _CC else None


def identifiers() -> Iterator[str]:
    """Every identifier, in order."""
    yield from sorted(IDENTIFIERS.values())
