"""What is called of datatrove 0.10 (Apache-2.0) to compare signatures."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import numpy.typing as npt

from tests.benchmarks.datatrove_side import text_utils

U64 = npt.NDArray[np.uint64]


class Signer:
    """Its MinHash step for one language: 14 buckets of 8, 5-grams, 64 bits."""

    def __init__(self, label: str, folder: str) -> None:
        module = import_module("datatrove.pipeline.dedup.minhash")
        self._step = module.MinhashDedupSignature(output_folder=folder, language=label)

    def words(self, text: str) -> list[str]:
        """The words whose n-grams it hashes: of the simplified text."""
        simple = text_utils().simplify_text(text, self._step.config.norm_config)
        words: list[str] = self._step.word_tokenizer.word_tokenize(simple)
        return words

    def shingles(self, text: str) -> U64:
        """uint64[n_shingles]."""
        shingles: U64 = self._step.get_shingles(text).reshape(-1)
        return shingles

    def signature(self, shingles: U64) -> U64:
        """uint64[112], before anything is written to disk."""
        return np.array(self._step.get_signature(shingles.reshape(-1, 1)), np.uint64).reshape(-1)
