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
from typing import Final

import numpy as np
import numpy.typing as npt

from curate.labels import NO_LANGUAGE, UNDETERMINED, language_of, script_of
from curate.lid.base import Identifier
from curate.lid.funlang import load_table
from curate.lid.line_hits import LineHits, line_hits
from curate.lid.lines import MIN_LINE_CONFIDENCE
from curate.lid.quick import places, quick_labels, undetermined
from curate.text.characters import properties
from curate.text.flat import flatten

I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FAST_LINES_VERSION: Final = "1"
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
    parts = (FAST_LINES_VERSION, load_table().sha256, version("pycld2"))
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
        texts: any. Only the line feed ends a line.
        labels: of the texts.
        min_confidence: 0 to 1, from which on its answer is sure.
    """
    if not texts:
        return []
    places = _places()
    spans = np.array([places.get(label, (0, 0)) for label in labels], np.int64).reshape(-1, 2)
    hits = _hits(texts, spans)
    open_lines = _Open(hits, identifier, min_confidence)
    found: list[list[str | None]] = []
    for i, (text, label) in enumerate(zip(texts, labels, strict=True)):
        found.append(open_lines.decided(i, text, label, has_list=label in places))
    answers = open_lines.answers()
    return [
        _filled(text, one, label, answers)
        for text, one, label in zip(texts, found, labels, strict=True)
    ]


class _Open:
    """Lines that the lists have not decided, each once, by who is asked about them."""

    def __init__(self, hits: LineHits, identifier: Identifier, min_confidence: float) -> None:
        own = (hits.own_hits > 0) & (hits.own_hits >= NEARLY * hits.best_hits)
        self._is_own: list[bool] = own.tolist()
        self._n_letters: list[int] = hits.n_letters.tolist()
        self._bounds: list[int] = hits.offsets.tolist()
        self._hits = hits
        self._identifier = identifier
        self._min_confidence = min_confidence
        self.short: dict[str, int] = {}
        self.quick: dict[str, int] = {}
        self.careful: dict[str, int] = {}

    def decided(self, i: int, text: str, label: str, *, has_list: bool) -> list[str | None]:
        """The labels of a text's lines as far as they are decided; the others are kept here."""
        first, stop = self._bounds[i], self._bounds[i + 1]
        found: list[str | None] = [label] * (stop - first)
        if all(self._is_own[first:stop]):
            return found
        least = 1 if script_of(label) in _DENSE else LEAST_LETTERS
        ask = self.quick if has_list else self.careful
        for place, line in enumerate(text.split("\n")):
            at = first + place
            n_letters = self._n_letters[at]
            if n_letters == 0:
                found[place] = NO_LANGUAGE
            elif not self._is_own[at]:
                found[place] = None
                (ask if n_letters >= least else self.short).setdefault(line.strip(), at)
        return found

    def answers(self) -> dict[str, str]:
        """Line -> its label, for all that were kept."""
        found = dict(zip(self.short, undetermined(list(self.short)), strict=True))
        at = np.fromiter(self.quick.values(), np.int64, len(self.quick))
        hits = self._hits
        best, n_hits, n_ngrams = (
            x[at].tolist() for x in (hits.best, hits.best_hits, hits.n_ngrams)
        )
        found |= zip(
            self.quick, quick_labels(list(self.quick), best, n_hits, n_ngrams), strict=True
        )
        careful = self._identifier.identify(list(self.careful)) if self.careful else []
        for line, answer in zip(self.careful, careful, strict=True):
            is_sure = answer.confidence is None or answer.confidence >= self._min_confidence
            found[line] = answer.label if is_sure else f"{UNDETERMINED}_{script_of(answer.label)}"
        return found


def _filled(text: str, one: list[str | None], label: str, answers: dict[str, str]) -> list[str]:
    if None not in one:
        return [x for x in one if x is not None]
    return [
        _told(answers[line.strip()], label) if known is None else known
        for known, line in zip(one, text.split("\n"), strict=True)
    ]


@lru_cache(maxsize=4096)
def _told(answer: str, label: str) -> str:
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
