"""Language models small enough to be written in a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import sentencepiece


def write_arpa(
    path: Path, unigrams: Mapping[str, float], bigrams: Mapping[tuple[str, str], float]
) -> Path:
    """A bigram model in the ARPA format, without back-off weights.

    Args:
        path: the file to write.
        unigrams: word -> log10 of its probability; ``</s>`` and ``<unk>`` are words too.
        bigrams: the same of a word after another; KenLM reads no model without any.
    """
    lines = ["\\data\\", f"ngram 1={len(unigrams) + 1}", f"ngram 2={len(bigrams)}", ""]
    lines += ["\\1-grams:", "-99\t<s>\t0"]
    lines += [f"{value}\t{word}\t0" for word, value in unigrams.items()]
    lines += ["", "\\2-grams:"]
    lines += [f"{value}\t{first} {second}" for (first, second), value in bigrams.items()]
    path.write_text("\n".join([*lines, "", "\\end\\", ""]), encoding="utf-8")
    return path


def train_pieces(path: Path, lines: list[str], *, size: int = 60, times: int = 20) -> Path:
    """A SentencePiece model of some lines, taken so many times; the same at each call."""
    corpus = path.with_suffix(".txt")
    corpus.write_text("\n".join(lines * times), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus),
        model_prefix=str(path.with_suffix("")),
        vocab_size=size,
        character_coverage=1.0,
        hard_vocab_limit=False,
        minloglevel=2,
        num_threads=1,
    )
    return path
