"""A job with a language gate: pages in other languages are counted, and wanted ones untouched."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from curate.errors import ConfigError
from curate.io.store import Store
from curate.work.seal import Totals, load_receipts
from tests.looking import run
from tests.runs import job_of


def documents(work: Path) -> dict[str, str]:
    files = sorted((work / "documents").rglob("*.parquet"))
    rows = [row for file in files for row in pq.read_table(file).to_pylist()]
    return {row["id"]: row["text"] for row in rows}


def extracted(source: Path, work: Path, **settings: object) -> Totals:
    job = job_of(source, work, extract=settings)
    run(job, until="extract")
    return Totals.of(load_receipts(Store(str(work)), "extract"))


def test_unwanted_pages_are_counted_and_wanted_ones_untouched(
    small_input: Path, tmp_path: Path
) -> None:
    every = extracted(small_input, tmp_path / "all")
    some = extracted(small_input, tmp_path / "some", labels=["hin_Deva", "tha_Thai"])
    skipped = some.dropped["unwanted_language"]
    assert 0 < skipped < every.rows_out
    assert some.rows_in == every.rows_in
    assert (
        some.rows_out + sum(some.dropped.values()) + sum(some.quarantined.values()) == some.rows_in
    )
    sure = {name: n for name, n in some.noted.items() if name.startswith("unwanted_language")}
    assert sum(sure.values()) == skipped
    whole, part = documents(tmp_path / "all"), documents(tmp_path / "some")
    assert part.items() <= whole.items()
    assert len(whole) - len(part) == skipped
    deva = [text for text in whole.values() if "है" in text]
    assert deva
    assert set(deva) <= set(part.values())


def test_a_wrong_label_is_named(small_input: Path, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="hindi") as caught:
        job_of(small_input, tmp_path / "work", extract={"labels": ["hindi"]})
    assert not isinstance(caught.value, ConfigError)  # a ConfigError once a file is read
