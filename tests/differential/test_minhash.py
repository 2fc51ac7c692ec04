"""Given datatrove's own words or shingles, signatures are datatrove's, bit by bit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from curate.dedup.minhash import signatures
from curate.dedup.shingles import shingle_hashes
from tests.benchmarks.corpus import Document
from tests.benchmarks.datatrove_minhash import Signer

pytestmark = [pytest.mark.bench, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]


def test_shingles_and_signatures_are_equal(documents: Sequence[Document], tmp_path: Path) -> None:
    shingles, wanted = [], []
    signers: dict[str, Signer] = {}
    for document in documents[::2]:
        if document.label not in signers:
            signers[document.label] = Signer(document.label, str(tmp_path / document.label))
        signer = signers[document.label]
        words = signer.words(document.text)
        if len(words) < 5:  # then datatrove has no shingle, and curate has one of all words
            continue
        found = shingle_hashes(words, 5)
        hashed = signer.shingles(document.text)
        assert np.array_equal(found, hashed), document.id
        shingles.append(hashed)
        wanted.append(signer.signature(hashed))
    offsets = np.cumsum([0, *map(len, shingles)])
    assert len(wanted) > 100
    assert np.array_equal(signatures(np.concatenate(shingles), offsets), np.stack(wanted))
