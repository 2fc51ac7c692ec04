"""The splitter: what a word is, for every language.

The script of each run of characters decides, never the language of the document:

- letters with their marks between spaces or punctuation are words, with the apostrophes, hyphens
  and joiners inside them; letters and digits that touch are one word (``Python3``, ``m²``);
- Han, kana, Thai, Lao, Khmer and Myanmar runs are cut by ICU's dictionaries;
- the tsheg separates Tibetan syllables as a space does;
- in unspaced scripts without a dictionary (Yi, Javanese …) each grapheme cluster is a word;
- a run of punctuation is one token, and so is a run of symbols; an emoji stands alone.

A token never begins or ends inside a grapheme cluster (Unicode Standard Annex #29), except at a
space: a mark that follows one is a token by itself. The splitter assumes nothing about its input;
it gives equal words for equal text only if the text is in NFC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from curate.text import characters, scan
from curate.text.characters import Folding
from curate.text.flat import I64, FlatTexts, Texts, flatten
from curate.text.words import FoldedWords, fold_tokens

Bools = npt.NDArray[np.bool_]
Classes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]


class Kind(IntEnum):
    """The kind of a token. Stored as ``uint8``."""

    WORD = scan.WORD  # has a letter
    NUMBER = scan.NUMBER  # has a number and no letter
    PUNCT = scan.PUNCT  # a run of punctuation
    SYMBOL = scan.SYMBOL  # a run of symbols, one emoji, or a mark without a letter


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of one text, flat. What lies between two tokens has no ink but word dividers.

    Args:
        text: the text that was split.
        starts: int32[n_tokens], offset of each token's first code point, ascending.
        ends: int32[n_tokens], offset behind its last code point.
        kinds: uint8[n_tokens], a :class:`Kind` each.
    """

    text: str
    starts: Ints
    ends: Ints
    kinds: Classes

    def __len__(self) -> int:
        return len(self.starts)

    def strings(self) -> list[str]:
        """Every token, in order."""
        pairs = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        return [self.text[start:end] for start, end in pairs]

    def words(self) -> list[str]:
        """The tokens that are WORD or NUMBER, in order."""
        is_word = self.is_word()
        pairs = zip(self.starts[is_word].tolist(), self.ends[is_word].tolist(), strict=True)
        return [self.text[start:end] for start, end in pairs]

    def is_word(self) -> Bools:
        """bool[n_tokens]: the token is WORD or NUMBER."""
        return self.kinds <= Kind.NUMBER


@dataclass(frozen=True, slots=True, eq=False)
class TokenBatch:
    """The tokens of many texts, flat.

    Args:
        texts: the texts that were split.
        starts: int64[n_tokens], offset of each token's first code point in ``texts.points``.
        ends: int64[n_tokens], offset behind its last code point.
        kinds: uint8[n_tokens], a :class:`Kind` each.
        offsets: int64[n_texts + 1]; text i owns tokens ``offsets[i]:offsets[i + 1]``.
    """

    texts: FlatTexts
    starts: I64
    ends: I64
    kinds: Classes
    offsets: I64
    _words: list[FoldedWords] = field(default_factory=list, repr=False)

    def __len__(self) -> int:
        return len(self.texts)

    def is_word(self) -> Bools:
        """bool[n_tokens]: the token is WORD or NUMBER."""
        return self.kinds <= Kind.NUMBER

    def words(self) -> FoldedWords:
        """The tokens that are WORD or NUMBER, folded; made at the first call."""
        if not self._words:
            points, is_word = self.texts.points, self.is_word()
            self._words.append(fold_tokens(points, self.starts, self.ends, is_word, self.offsets))
        return self._words[0]

    def words_folded(
        self,
        *,
        keeps_digits: bool,
        fold: tuple[npt.NDArray[np.uint16], Folding] | None,
        rows: I64 | None = None,
    ) -> FoldedWords:
        """The words in another form, of the texts ``rows`` alone, all if None.

        ``keeps_digits`` and ``fold`` are those of :func:`curate.text.words.fold_tokens`.
        """
        starts, ends, kinds, offsets = self.starts, self.ends, self.kinds, self.offsets
        if rows is not None and len(rows) < len(self):
            spans = [slice(offsets[row], offsets[row + 1]) for row in rows.tolist()]
            starts, ends, kinds = (
                np.concatenate([column[span] for span in spans] or [column[:0]])
                for column in (starts, ends, kinds)
            )
            offsets = np.concatenate((offsets[:1], np.cumsum(np.diff(offsets)[rows])))
        is_word = kinds <= Kind.NUMBER
        return fold_tokens(
            self.texts.points, starts, ends, is_word, offsets, keeps_digits=keeps_digits, fold=fold
        )

    def of(self, index: int) -> Tokens:
        """The tokens of text ``index`` by themselves."""
        low, high = self.offsets[index], self.offsets[index + 1]
        origin = self.texts.offsets[index]
        return Tokens(
            self.texts.string(index),
            (self.starts[low:high] - origin).astype(np.int32),
            (self.ends[low:high] - origin).astype(np.int32),
            self.kinds[low:high],
        )


def split_texts(texts: Texts) -> TokenBatch:
    """Split many texts at once, each as :func:`split` would, in time linear in their length."""
    flat = flatten(texts)
    table = characters.properties()
    starts, ends, kinds, offsets = scan.scan(flat.points, flat.offsets, table)
    return TokenBatch(flat, starts, ends, kinds, offsets)


def split(text: str) -> Tokens:
    """Split ``text`` into tokens, in time linear in its length. Raises on no input.

    >>> split("Python3で書く!").strings()
    ['Python3', 'で', '書く', '!']
    """
    return split_texts([text]).of(0)
