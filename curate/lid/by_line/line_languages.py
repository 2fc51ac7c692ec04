"""The language of every line, and how much of a document is in its own language.

HPLT 3.0 (arXiv 2511.01066) publishes such a list as ``seg_langs``, one label a line, and derives a
document's language score from it.
"""

from __future__ import annotations

from collections.abc import Sequence

from curate.labels import NO_LANGUAGE, UNDETERMINED, language_of, script_of
from curate.lid.identifier import Identification, Identifier

MIN_LINE_CONFIDENCE = 0.5
"""Below it a line has no label: it is as likely to be in another language. Of lines of 15 code
points a third are below; docs/language-identification.md."""


def identify_lines(
    identifier: Identifier,
    texts: Sequence[str],
    *,
    min_confidence: float = MIN_LINE_CONFIDENCE,
) -> list[list[str]]:
    """The label of each line of each text: as many as it has line feeds, and one more.

    A line without a letter is ``zxx_Zxxx``; one whose language is not sure is ``und`` in its
    script, ``und_Latn``. Lines are looked at alone: what surrounds them does not count.

    Args:
        identifier: any.
        texts: any. Only the line feed ends a line.
        min_confidence: 0 to 1, from which on a line's language is sure.
    """
    lines = [text.split("\n") for text in texts]
    distinct = list(dict.fromkeys(line.strip() for own in lines for line in own))
    answers = identifier.identify(distinct)
    labels = {
        line: _label(answer, min_confidence) for line, answer in zip(distinct, answers, strict=True)
    }
    return [[labels[line.strip()] for line in own] for own in lines]


def own_fraction(text: str, line_labels: Sequence[str], label: str) -> float | None:
    """How much of ``text`` is in its own language: 0 to 1, by code points of lines.

    Lines whose language is not sure, and lines without a letter, are left out; None if all are.

    Args:
        text: a document.
        line_labels: of its lines, from :func:`identify_lines`.
        label: the document's.
    """
    own = n_known = 0
    for line, line_label in zip(text.split("\n"), line_labels, strict=True):
        if language_of(line_label) == UNDETERMINED or line_label == NO_LANGUAGE:
            continue
        n_chars = len(line.strip())
        n_known += n_chars
        own += n_chars if line_label == label else 0
    return own / n_known if n_known else None


def _label(answer: Identification, min_confidence: float) -> str:
    if answer.confidence is None or answer.confidence >= min_confidence:
        return answer.label
    return f"{UNDETERMINED}_{script_of(answer.label)}"
