"""FunLangID: about 1,500 languages, told apart by their most frequent character 4-grams.

The table is the lexicon of FUN-LangID (google-research/url-nlp, CC BY 4.0; see
``curate/data/lid/ATTRIBUTION.md``). The scoring is written here from its definition: n-grams are
the text's windows of four code points, stripped of spaces; the score of a language is the
fraction of them that are in the language's list. For Chinese and Japanese single characters are
counted too.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np

from curate.labels import UNDETERMINED
from curate.lid.codes import label_of, language_code, possible_scripts
from curate.lid.voices.ngrams import I32, I64, Lookup, count_hits, lookup_of, room_for
from curate.text.flat import flatten

ONE_CHARACTER_TAGS = ("zh", "zh-Hant", "yue", "ja")
"""Languages whose single characters count too: there a word is often one character."""

NOISE = "und_Zyyy"
"""The label of lists that stand for no language, so that noise has somewhere to go."""

_TEXTS_AT_ONCE = 256  # counts of so many texts are a few MiB
_LISTED_PART = 4  # labels with less than a fourth of the best label's hits decide nothing
_FOREIGN = 1  # character id of what is not in the table; 0 fills up short n-grams


@dataclass(frozen=True)
class FunLangTable:
    """The lexicon, inverted.

    An n-gram's key is its four character ids, 16 bits each, first character highest, filled up
    with zeros on the right. Ids are exact, so two n-grams never share a key.
    """

    tags: tuple[str, ...]  # BCP 47, one per list
    labels: tuple[str, ...]  # the same as ISO 639-3 + ISO 15924; "und_Zyyy" for no language
    keys: np.ndarray  # uint64[n_ngrams], ascending
    starts: np.ndarray  # int64[n_ngrams + 1], into postings
    postings: np.ndarray  # uint16[n_postings], indices of tags
    character_ids: np.ndarray  # uint16[0x110000]
    unique_labels: tuple[str, ...]  # sorted
    by_label: np.ndarray  # int64[n_tags], indices of tags in the order of their labels
    label_starts: np.ndarray  # int64[n_unique_labels], into by_label
    native_scripts: dict[str, frozenset[str]]  # language -> scripts, transliterations left out
    sha256: str  # of the table file

    @cached_property
    def lookup(self) -> Lookup:
        """The table as the kernels read it."""
        return lookup_of(
            self.keys,
            self.starts,
            self.postings,
            self.character_ids,
            np.argsort(self.by_label),
        )

    def label_scores(self, texts: Sequence[str]) -> list[tuple[dict[str, float], int]]:
        """For each text: label -> score, best first, and the number of its n-grams.

        A label with several lists (``zh`` and ``zh-Hant``) has the score of the best. Labels that
        score 0, or less than a quarter of the best, are left out.

        Args:
            texts: any; case, white space, quotes and slashes are normalised as FunLangID does.
        """
        scores: list[tuple[dict[str, float], int]] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            scores += self.scores_of(*self.hits(texts[start : start + _TEXTS_AT_ONCE]))
        return scores

    def hits(self, texts: Sequence[str]) -> tuple[I32, I64]:
        """The n-grams of each text that each label's list has, and how many there are in all.

        Args:
            texts: any; few, for the answer is large.

        Returns:
            int32[n_texts, n_unique_labels] and int64[n_texts].
        """
        counts, n_ngrams = self._counts([text.lower() for text in texts])
        return np.maximum.reduceat(counts, self.label_starts, axis=1), n_ngrams

    def scores_of(self, best: I32, n_ngrams: I64) -> list[tuple[dict[str, float], int]]:
        """The scores of :meth:`label_scores`, from the hits that :meth:`hits` counted."""
        listed = (best * _LISTED_PART >= best.max(axis=1, keepdims=True)) & (best > 0)
        rows, labels = listed.nonzero()
        best_hits = best[rows, labels]
        order = np.lexsort((labels, -best_hits, rows))
        names = [self.unique_labels[i] for i in labels[order].tolist()]
        scores = (best_hits[order] / n_ngrams[rows]).tolist()  # rows are in order before and after
        ends = np.cumsum(listed.sum(axis=1)).tolist()
        return [
            (dict(zip(names[start:end], scores[start:end], strict=True)), n)
            for start, end, n in zip([0, *ends], ends, n_ngrams.tolist(), strict=False)
        ]

    def scores(self, text: str) -> np.ndarray:
        """The fraction of the n-grams of ``text`` that are in each list: float64[n_tags].

        Args:
            text: lower case.
        """
        counts, n_ngrams = self._counts([text])
        scores = np.empty(len(self.tags))
        scores[self.by_label] = counts[0] / max(n_ngrams[0], 1)
        return scores

    def _counts(self, texts: Sequence[str]) -> tuple[I32, I64]:
        """int32[n_texts, n_tags], in the order of labels, and int64[n_texts] n-grams."""
        flat = flatten(texts)
        counts = np.zeros((len(texts), len(self.tags)), np.int32)
        n_ngrams = np.zeros(len(texts), np.int64)
        seen = room_for(self.lookup, int(np.diff(flat.offsets).max(initial=0)))
        count_hits(self.lookup, seen, flat.points, flat.offsets, counts, n_ngrams)
        return counts, n_ngrams


def _label(tag: str, scripts: str) -> str:
    """The label of a list: its script is the one that its n-grams have most letters in.

    Lists that name a script which their language is not written in (``en-Arab``), of things that
    are no language (``zxx-x-pdf``), and of text in fonts that redefine code points (``ber-Zber``,
    ``mni-Zepa``), are ``und_Zyyy``: text that resembles them most is noise.
    """
    language = language_code(tag)
    redefined = any(len(subtag) == 4 and subtag[0] == "Z" for subtag in tag.split("-")[1:])
    if language == UNDETERMINED or redefined or not scripts:
        return NOISE
    script = scripts[:4]
    possible = possible_scripts(language)
    return NOISE if possible and script not in possible else label_of(language, script)


def _native_scripts(tags: list[str], scripts: list[str]) -> dict[str, frozenset[str]]:
    """The scripts of lists whose tag names none: ``ru`` is native, ``ru-Latn`` is not."""
    native: dict[str, frozenset[str]] = {}
    for tag, own in zip(tags, scripts, strict=True):
        if not any(len(subtag) == 4 for subtag in tag.split("-")[1:]):
            language = language_code(tag)
            native[language] = native.get(language, frozenset()) | frozenset(own.split())
    return native


def parse_table(data: bytes) -> FunLangTable:
    """The table from the bytes of its file, as :mod:`curate.lid.voices.build_funlang` writes it."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        tags: list[str] = arrays["tags"].tolist()
        scripts: list[str] = arrays["scripts"].tolist()
        alphabet, keys, postings = arrays["alphabet"], arrays["keys"], arrays["postings"]
        starts = arrays["starts"].astype(np.int64)
    character_ids = np.full(0x110000, _FOREIGN, dtype=np.uint16)
    character_ids[alphabet] = np.arange(2, len(alphabet) + 2)
    labels = [_label(tag, own) for tag, own in zip(tags, scripts, strict=True)]
    by_label = np.argsort(np.array(labels), kind="stable")
    unique_labels, label_starts = np.unique(np.array(labels)[by_label], return_index=True)
    return FunLangTable(
        tags=tuple(tags),
        labels=tuple(labels),
        unique_labels=tuple(unique_labels.tolist()),
        by_label=by_label,
        label_starts=label_starts,
        native_scripts=_native_scripts(tags, scripts),
        keys=keys,
        starts=starts,
        postings=postings,
        character_ids=character_ids,
        sha256=hashlib.sha256(data).hexdigest(),
    )


@lru_cache(maxsize=1)
def load_table() -> FunLangTable:
    """The packaged table, read once per process."""
    return parse_table(_packaged())


@lru_cache(maxsize=1)
def packaged_sha256() -> str:
    """That of the packaged table's file; read, but not unpacked."""
    return hashlib.sha256(_packaged()).hexdigest()


def _packaged() -> bytes:
    return (files("curate") / "data" / "lid" / "funlang.npz").read_bytes()
