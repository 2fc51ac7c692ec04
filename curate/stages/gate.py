"""The language gate: pages that are confidently in no wanted language are not extracted.

It looks at all text that a reader of the page sees, menus included, which costs a parse and an
identification, and errs on the side of extracting: a page is skipped only if another language is
sure, no wanted one has a chance, and the page does not itself declare one.

:func:`extract_wanted` runs inside a sandbox, as :func:`curate.html.service.extract_payload` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from curate.html import service
from curate.html.by_resiliparse import parse, visible_text
from curate.html.charset import decode
from curate.html.extract import Wishes
from curate.html.html_lang import html_lang
from curate.lid import Identification, Identifier, load_identifier
from curate.lid.codes import language_code

GATE_VERSION: Final = "1"
"""Goes into the fingerprint of a step that has a gate, next to the identifier's."""

MAX_WANTED_PROBABILITY: Final = 0.05
"""A page is never skipped if the wanted labels together have a greater probability."""

Json = service.Json


@lru_cache(maxsize=1)
def _identifier() -> Identifier:
    return load_identifier()


def gate_version() -> str:
    """The version that tells one gate's decisions from another's."""
    return f"{GATE_VERSION} {_identifier().fingerprint}"


def warm_up() -> None:
    """Load the extractors and the identifier, kernels included."""
    service.warm_up()
    _identifier().identify(["All human beings are born free."])


def is_unwanted(
    identified: Identification, declared: str | None, labels: Sequence[str], min_confidence: float
) -> bool:
    """True if a page in this language need not be extracted.

    Args:
        identified: of the page's visible text.
        declared: what the page itself declares, in the form of BCP 47; None for nothing.
        labels: those that are wanted.
        min_confidence: least probability of a label that is not wanted, 0 to 1.
    """
    if identified.label in labels or (identified.confidence or 0.0) < min_confidence:
        return False
    if declared and any(label.startswith(f"{language_code(declared)}_") for label in labels):
        return False
    chance = sum(probability for label, probability in identified.top_labels if label in labels)
    return chance <= MAX_WANTED_PROBABILITY


def extract_wanted(
    payload: bytes,
    http_content_type: str | None,
    fallback_chars: int,
    extractor: str,
    labels: list[str],
    min_confidence: float,
    with_xml: bool = False,  # noqa: FBT001 - a sandbox's arguments have no names
    wishes: Mapping[str, Any] | None = None,
) -> dict[str, Json]:
    """Decode the body of a response, and extract it if it may be in a wanted language.

    Args:
        payload: see :func:`curate.html.service.extract_payload`, as for the next three.
        http_content_type: the header.
        fallback_chars: when a text is too short.
        extractor: its name.
        labels: see :func:`is_unwanted`, as for the next.
        min_confidence: how sure to be.
        with_xml: as before.
        wishes: as before.

    Returns:
        What :func:`curate.html.service.extract_payload` gives; of a page that was skipped
        ``skipped_label`` and ``skipped_confidence`` as well, and no text.
    """
    decoded = decode(payload, http_content_type)
    if not decoded.failed:
        identified = _identifier().identify([visible_text(parse(decoded.text))])[0]
        declared = html_lang(decoded.text)
        if is_unwanted(identified, declared, labels, min_confidence):
            return {
                "text": "",
                "html_lang": declared,
                "encoding": decoded.encoding,
                "charset_failed": False,
                "skipped_label": identified.label,
                "skipped_confidence": identified.confidence,
            }
    answer_wishes = Wishes(fallback_chars, with_xml=with_xml, **(wishes or {}))
    return {**service.extract_decoded(decoded, extractor, answer_wishes)}
