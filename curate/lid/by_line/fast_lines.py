"""The language of every line of documents whose own language is known, at the speed of a scan.

A line is compared with the lists of all languages at once; where the list of the document's own
label has nearly as many of its n-grams as the best list, the line is in that language. Only of the
others an identifier is asked, which is some twenty times slower: in most documents few lines.

Labels are those of documents, so that comparing the two tells something. Members of one
macrolanguage, such as Egyptian and Standard Arabic or Malay and Indonesian, are not told apart in a
line: where an identifier answers with another member, the line has the document's label.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from curate.labels import NO_LANGUAGE, UNDETERMINED, language_of, script_of
from curate.lid.by_line.line_hits import LineHits, line_hits
from curate.lid.by_line.line_languages import MIN_LINE_CONFIDENCE
from curate.lid.by_line.quick import places, quick_labels, undetermined
from curate.lid.identifier import Identifier
from curate.lid.voices.funlang import load_table, packaged_sha256
from curate.text.characters import properties
from curate.text.flat import flatten
from curate.text.reading import reading_form

I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FAST_LINES_VERSION: Final = "2"
"""Raised whenever a change could change a label; the identifier has a fingerprint of its own."""

NEARLY: Final = 0.7
"""Share of the best list's n-grams from which on a line is in its document's language."""

LEAST_LETTERS: Final = 12
"""A line of fewer letters is asked about only if its script could be a word a letter."""

_DENSE: Final = frozenset({"Hani", "Jpan", "Hang"})

_MACROLANGUAGES: Final = """
    ara arb arz apc ajp ary aeb acm acq acw afb ars apd arq ayl abv acx adf aao ayh ayn ayp shu pga
    ssh avl acy|
    msa zsm ind zlm min bjn max meo mfa pse|
    hbs srp hrv bos cnr|
    nor nob nno|
    fas pes prs|
    zho cmn yue wuu hak gan nan cdo hsn cjy lzh mnp cpx czh czo|
    aze azj azb|
    uzb uzn uzs|
    est ekk vro|
    lav lvs ltg|
    sqi als aln aae aat|
    kur kmr ckb sdh|
    swa swh swc|
    mlg plt xmv bhr bmm|
    que quy quz qub qug qul quh qup quf qva qve qvh qvm qvn qvs qvw qvz qwh qxh qxn|
    aym ayr ayc|
    grn gug gun gnw gui|
    pus pbt pst pbu|
    lah pnb hno skr|
    orm gaz hae orc gax|
    zha zyb|
    hmn mww hnj hea hmd|
    fil tgl|
    mon khk mvf|
    nep npi dty|
    ori ory spv|
    yid ydd yih|
    kon kng ktu kwy|
    ful fuv fuf fuh ffm fuc fub fue fuq|
    kok gom knn|
    bik bcl bto rbl|
    srd sro src|
    kom koi kpv|
    chm mhr mrj|
    aka twi fat|
    din dik|
    cre crk cwd csw|
    oji ojb ojg ojc|
    iku ike ikt|
    syr aii cld
"""
"""Of ISO 639-3's macrolanguages, with a collective code of each: those whose members have models.
"""


@lru_cache(maxsize=1)
def _groups() -> dict[str, int]:
    return {
        code: number
        for number, group in enumerate(_MACROLANGUAGES.split("|"))
        for code in group.split()
    }


def are_one(label: str, other: str) -> bool:
    """True for two labels of one macrolanguage in one script: ``arz_Arab`` and ``arb_Arab``."""
    if script_of(label) != script_of(other):
        return False
    group = _groups().get(language_of(label))
    return label == other or (group is not None and group == _groups().get(language_of(other)))


def lines_fingerprint() -> str:
    """Hex digits that change whenever a label could change, but for those of an identifier."""
    parts = (FAST_LINES_VERSION, packaged_sha256(), version("pycld2"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def label_lines(
    identifier: Identifier,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    min_confidence: float = MIN_LINE_CONFIDENCE,
) -> list[list[str]]:
    """The label of each line of each text: as many as it has line feeds, and one more.

    A line without a letter is ``zxx_Zxxx``; one whose language is not sure is ``und`` in its
    script, ``und_Latn``.

    Args:
        identifier: is asked about the lines of documents whose label has no list.
        texts: any, in NFC. Only the line feed ends a line.
        labels: of the texts.
        min_confidence: 0 to 1, from which on its answer is sure.
    """
    if not texts:
        return []
    texts = [reading_form(text) for text in texts]  # it has the same line feeds
    places = _places()
    spans = np.array([places.get(label, (0, 0)) for label in labels], np.int64).reshape(-1, 2)
    hits = _hits(texts, spans)
    open_lines = _Open(hits)
    line_labels = [
        open_lines.decided(i, text, label, has_list=label in places)
        for i, (text, label) in enumerate(zip(texts, labels, strict=True))
    ]
    answers = open_lines.answers(identifier, min_confidence)
    return [
        [x if isinstance(x, str) else _in_document(answers[x], label) for x in own]
        for own, label in zip(line_labels, labels, strict=True)
    ]


class _Line(NamedTuple):
    """A line that the lists have not decided, and who is asked about it."""

    voice: Literal["nobody", "quick", "identifier"]
    text: str


class _Open:
    """Such lines, each once, with the place of one of its kind."""

    def __init__(self, hits: LineHits) -> None:
        own = (hits.own_hits > 0) & (hits.own_hits >= NEARLY * hits.best_hits)
        self._is_own: list[bool] = own.tolist()
        self._n_letters: list[int] = hits.n_letters.tolist()
        self._bounds: list[int] = hits.offsets.tolist()
        self._hits = hits
        self._lines: dict[_Line, int] = {}

    def decided(self, i: int, text: str, label: str, *, has_list: bool) -> list[str | _Line]:
        """The labels of a text's lines; in place of those that are open, the lines."""
        first, stop = self._bounds[i], self._bounds[i + 1]
        decided: list[str | _Line] = [label] * (stop - first)
        if all(self._is_own[first:stop]):
            return decided
        least = 1 if script_of(label) in _DENSE else LEAST_LETTERS
        for place, line in enumerate(text.split("\n")):
            at = first + place
            n_letters = self._n_letters[at]
            if n_letters == 0:
                decided[place] = NO_LANGUAGE
            elif not self._is_own[at]:
                voice: Literal["nobody", "quick", "identifier"] = "nobody"
                if n_letters >= least:
                    voice = "quick" if has_list else "identifier"
                decided[place] = key = _Line(voice, line.strip())
                self._lines.setdefault(key, at)
        return decided

    def answers(self, identifier: Identifier, min_confidence: float) -> dict[_Line, str]:
        """The label of each open line."""
        by_line: dict[_Line, str] = {}
        nobody = self._lines_of("nobody")
        by_line |= zip(nobody, undetermined([x.text for x in nobody]), strict=True)
        quick = self._lines_of("quick")
        at = np.array([self._lines[x] for x in quick], np.int64)
        hits = self._hits
        best, most, n_ngrams = (x[at].tolist() for x in (hits.best, hits.best_hits, hits.n_ngrams))
        labels = quick_labels([x.text for x in quick], best, most, n_ngrams)
        by_line |= zip(quick, labels, strict=True)
        careful = self._lines_of("identifier")
        careful_answers = identifier.identify([x.text for x in careful]) if careful else []
        for key, answer in zip(careful, careful_answers, strict=True):
            is_sure = answer.confidence is None or answer.confidence >= min_confidence
            by_line[key] = answer.label if is_sure else f"{UNDETERMINED}_{script_of(answer.label)}"
        return by_line

    def _lines_of(self, voice: str) -> list[_Line]:
        return [line for line in self._lines if line.voice == voice]


@lru_cache(maxsize=4096)
def _in_document(answer: str, label: str) -> str:
    """The document's label for another member of its macrolanguage."""
    return label if are_one(answer, label) else answer


def _hits(texts: Sequence[str], spans: I64) -> LineHits:
    table = load_table()
    flat = flatten([text.lower() for text in texts])
    return line_hits(
        table.lookup,
        flat.points,
        flat.offsets,
        properties(),
        np.ascontiguousarray(spans[:, 0]),
        np.ascontiguousarray(spans[:, 1]),
        np.zeros(len(table.tags), np.int32),
    )


_places = lru_cache(maxsize=1)(places)
