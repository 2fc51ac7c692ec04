"""How good an identifier is on labelled lines, as the CommonLID benchmark counts it.

Ortiz Suarez and others (2026), arXiv 2601.18026, and the package ``commonlid`` that they evaluate
with. Languages alone count, not scripts. For each language

- precision, recall and F1 as always;
- false positive rate: wrong answers of the language / (these + right answers of the others).

Macro means are over the languages of the file (gold), and over these and all that were answered.
A macrolanguage in the file (``ara``) is answered rightly by each of its members, and the members
of one that stand in the file are told apart.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from curate.errors import InputError
from curate.labels import language_of
from curate.lid.by_line.fast_lines import are_one
from curate.lid.codes import language_code

_HEADS = frozenset({"code", "label", "lang", "language", "iso639_3", "iso_639_3", "iso639-3"})


@dataclass(frozen=True, slots=True)
class LanguageScore:
    """One language.

    Attributes:
        language: its code in the file, or that of the answer.
        n_gold: lines of the file in it.
        n_answers: lines that were said to be.
        n_right: of both.
        false_positive_rate: 0 to 1.
    """

    language: str
    n_gold: int
    n_answers: int
    n_right: int
    false_positive_rate: float

    @property
    def precision(self) -> float:
        """Share of the answers that are right; 0 without an answer."""
        return self.n_right / self.n_answers if self.n_answers else 0.0

    @property
    def recall(self) -> float:
        """Share of the lines that were found; 0 if the file has none."""
        return self.n_right / self.n_gold if self.n_gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.n_gold + self.n_answers
        return 2 * self.n_right / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Scores:
    """All of a file.

    Attributes:
        n_lines: of the file.
        accuracy: share of right answers.
        macro_f1_gold: mean over the languages of the file.
        macro_f1_observed: mean over these and those that were answered.
        false_positive_rate: mean over the languages of the file.
        languages: sorted by code.
    """

    n_lines: int
    accuracy: float
    macro_f1_gold: float
    macro_f1_observed: float
    false_positive_rate: float
    languages: tuple[LanguageScore, ...]

    def to_json(self) -> str:
        """For other programs."""
        summary = {
            "n_lines": self.n_lines,
            "accuracy": self.accuracy,
            "macro_f1_gold": self.macro_f1_gold,
            "macro_f1_observed": self.macro_f1_observed,
            "false_positive_rate": self.false_positive_rate,
        }
        each = {
            one.language: {
                "n_gold": one.n_gold,
                "n_answers": one.n_answers,
                "n_right": one.n_right,
                "precision": one.precision,
                "recall": one.recall,
                "f1": one.f1,
                "false_positive_rate": one.false_positive_rate,
            }
            for one in self.languages
        }
        return json.dumps({**summary, "languages": each}, indent=1) + "\n"


def read_lines(lines: Iterable[str], *, where: str) -> Iterator[tuple[str, str]]:
    """Text and code of each line ``text TAB code``; a head and empty lines are left out.

    A code may be a label (``fra_Latn``) or of two letters (``fr``).

    Raises:
        InputError: a line has no tab, or what is behind its last is no code.
    """
    for number, line in enumerate(lines, start=1):
        text, tab, code = line.rstrip("\r\n").rpartition("\t")
        code = code.strip()
        if number == 1 and code.lower() in _HEADS:
            continue
        if not tab and not code:
            continue
        bare = code.partition("_")[0].partition("-")[0]
        if not tab or not (2 <= len(bare) <= 3 and bare.isascii() and bare.isalpha()):
            raise InputError(
                f"{where}:{number}",
                wanted="a text, a tab and a language code, such as fra or fra_Latn",
                found=repr(line[-60:]),
                todo="write one line for each text, with its code behind the last tab",
            )
        yield text, bare.lower() if len(bare) == 3 else language_code(bare)


def score_answers(gold: Sequence[str], labels: Sequence[str]) -> Scores:
    """Compare answers with what is right.

    Args:
        gold: ISO 639-3 codes, individual or of macrolanguages.
        labels: the identifier's, one for each.
    """
    known = frozenset(gold)
    codes = [_answered(label, right, known) for label, right in zip(labels, gold, strict=True)]
    of_gold, of_answers = Counter(gold), Counter(codes)
    right = Counter(code for code, one in zip(codes, gold, strict=True) if code == one)
    n_right = right.total()
    languages = []
    for language in sorted(of_gold.keys() | of_answers.keys()):
        wrong = of_answers[language] - right[language]
        others = wrong + n_right - right[language]
        rate = wrong / others if others else 0.0
        counts = of_gold[language], of_answers[language], right[language]
        languages.append(LanguageScore(language, *counts, rate))
    in_gold = [one for one in languages if one.n_gold]
    return Scores(
        n_lines=len(codes),
        accuracy=n_right / len(codes) if codes else 0.0,
        macro_f1_gold=_mean([one.f1 for one in in_gold]),
        macro_f1_observed=_mean([one.f1 for one in languages]),
        false_positive_rate=_mean([one.false_positive_rate for one in in_gold]),
        languages=tuple(languages),
    )


def _answered(label: str, gold: str, known: frozenset[str]) -> str:
    """An answer in the codes of the file: its own, or the macrolanguage's that is asked."""
    language = language_of(label)
    if language == gold or language in known:
        return language
    stands_for = language_code(gold)
    is_macro = stands_for != gold
    return gold if is_macro and are_one(label, f"{stands_for}{label[3:]}") else language


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
