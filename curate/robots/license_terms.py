"""RSL 1.0 licences: what a document of Really Simple Licensing says of training.

Read are ``content``, its ``license``, and in these ``permits``, ``prohibits`` and ``payment``
(rslstandard.org/rsl, December 2025). The specification itself could not be read: this is its guide,
and programs that follow it. A use that is not among those permitted is taken as prohibited. One
that asks for payment, or for a licence server, is undecided: it may be had, but nobody here has it.
"""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree

from curate.robots.preferences import NO, UNSET, YES

RSL: Final = "rsl"
MEDIA_TYPE: Final = "application/rsl+xml"
NAMESPACE: Final = b"rslstandard.org/rsl"

MAX_BYTES: Final = 1 << 20

Terms = tuple[tuple[str, str], ...]
"""Pattern of the addresses, and ``no``, ``yes`` or ``unset`` for training."""

_TRAINING = frozenset(("all", "ai-all", "ai-train", "train-ai"))
_FREE = frozenset(("", "free", "attribution"))


class _Plain(ElementTree.TreeBuilder):
    """Ends at a DOCTYPE, in whatever encoding the document is."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        """There is one."""
        raise ValueError("a document with a DOCTYPE")


def read_terms(document: bytes) -> Terms:
    """Pattern and answer of each ``content`` of a licence document; empty for what is none.

    Documents with a DOCTYPE are not read: they could define entities without end.
    """
    if len(document) > MAX_BYTES:
        return ()
    try:
        root = ElementTree.fromstring(document, ElementTree.XMLParser(target=_Plain()))
    except (ElementTree.ParseError, ValueError, LookupError):
        return ()
    if _name(root) != "rsl":
        return ()
    return tuple(
        (content.get("url", "").strip(), _training(content))
        for content in root
        if _name(content) == "content"
    )


def _training(content: ElementTree.Element) -> str:
    """The answer of a content's licences; several are alternatives, of which one is enough."""
    licences = [part for part in content if _name(part) == "license"]
    answers = {_licence(part, has_server=bool(content.get("server"))) for part in licences}
    return next((answer for answer in (YES, UNSET, NO) if answer in answers), UNSET)


def _licence(licence: ElementTree.Element, *, has_server: bool) -> str:
    if _TRAINING & _uses(licence, "prohibits"):
        return NO
    has_permits = any(_name(x) == "permits" and _is_usage(x) for x in licence)
    if not has_permits:
        return UNSET
    if not _TRAINING & _uses(licence, "permits"):
        return NO
    payments = {x.get("type", "").strip().lower() for x in licence if _name(x) == "payment"}
    return UNSET if has_server or payments - _FREE else YES


def _uses(licence: ElementTree.Element, name: str) -> set[str]:
    texts = ("".join(x.itertext()) for x in licence if _name(x) == name and _is_usage(x))
    return {word for text in texts for word in text.replace(",", " ").lower().split()}


def _is_usage(element: ElementTree.Element) -> bool:
    return element.get("type", "usage").strip().lower() == "usage"


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
