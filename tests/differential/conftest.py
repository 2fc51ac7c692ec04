"""The documents that both sides measure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks import datatrove_side
from tests.benchmarks.corpus import Document, build, read_documents
from tests.runs import ROOT

SHARED = ROOT / ".." / "shared" / "data"
VARIABLE = "CURATE_BENCH_DOCUMENTS"
"""Names a Parquet file of tests.benchmarks.corpus to be used instead."""


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Skip with the reason where there is nothing to compare with."""
    if datatrove_side.is_installed():
        return
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.skip(reason=datatrove_side.MISSING))


def _sources() -> list[str]:
    """The real texts beside the checkout; none, for the embedded sample, where they are absent."""
    found = [SHARED / "udhr_paragraphs.json.gz", SHARED / "real_pages_wide.warc.gz"]
    return [str(path) for path in found if path.exists()]


@pytest.fixture(scope="session")
def documents() -> list[Document]:
    """Real documents and worse ones, in every language for which datatrove has a tokeniser."""
    given = os.environ.get(VARIABLE)
    found = read_documents(Path(given)) if given else build(_sources(), per_label=12)
    return [document for document in found if datatrove_side.can_tokenize(document.label)]


@pytest.fixture(scope="session")
def is_large(documents: Sequence[Document]) -> bool:
    """Whether the claims about numbers of documents and languages are to hold."""
    del documents
    return bool(os.environ.get(VARIABLE) or _sources())
