"""A blocked page is published nowhere, and a setting says whether its near-copies are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from curate.ask.whatif import what_if
from curate.config.language import LanguageConfigs
from curate.io.store import Store
from curate.pipeline.emit.views import Form
from curate.pipeline.verify import verify
from curate.work.configs import config_folder
from tests.given_scores import give_scores
from tests.hplt_view import OPEN, emit, in_view, job_for, score_of
from tests.looking import document_tables, published, run
from tests.runs import job_of
from tests.small_crawl import url_of

BLOCKED = url_of("rus_Cyrl", 0, 1)
TWINS = {url_of("rus_Cyrl", 0, k) for k in (0, 1, 2)}


def urls_in(work: Path) -> dict[str, set[str]]:
    """Subset -> addresses that are published in it."""
    manifest = json.loads((work / "corpus" / "manifest.json").read_bytes())
    subsets = {entry["path"]: entry["subset"] for entry in manifest["files"]}
    found: dict[str, set[str]] = {"train": set(), "test": set(), "removed": set()}
    for path, table in published(work).items():
        found[subsets[path]] |= set(table["url"].to_pylist())
    return found


def reasons_of(work: Path) -> dict[str, str | None]:
    rows = document_tables(work)
    return {row["url"]: row["removal_reason"] for row in rows if row["url"] in TWINS}


def blocking(tmp_path: Path, url: str = BLOCKED) -> dict[str, Any]:
    (tmp_path / "list.txt").write_text(f"{url}\n", encoding="utf-8")
    return {"urls": [f"{tmp_path}/list.txt"]}


@pytest.mark.parametrize("removed", ["selection", "all", "none"])
def test_an_address_that_is_blocked_later_leaves_with_its_copies(
    small_input: Path, tmp_path: Path, removed: str
) -> None:
    work = tmp_path / "work"
    run(job_of(small_input, work, emit={"removed": removed}))
    (stood,) = TWINS & urls_in(work)["train"]
    again = job_of(small_input, work, emit={"removed": removed}, urls=blocking(tmp_path, stood))
    run(again, rerun="screen")
    found = urls_in(work)
    assert not TWINS & (found["train"] | found["test"])
    assert found["removed"] & TWINS == (TWINS if removed == "all" else set())
    mates = dict.fromkeys(TWINS - {stood}, "url_filter_cluster")
    assert reasons_of(work) == {stood: "url_filter", **mates}
    verify(work)


@pytest.mark.parametrize(("blocked", "n_published"), [(None, 0), ("cluster", 0), ("page", 1)])
def test_the_setting_says_what_follows_for_near_copies(
    small_input: Path, tmp_path: Path, blocked: str | None, n_published: int
) -> None:
    work = tmp_path / "work"
    settings = {"min_documents": 1000, "blocked": blocked}
    job = job_of(small_input, work, urls=blocking(tmp_path), rebalance=settings)
    run(job)
    found = urls_in(work)
    assert len(TWINS & (found["train"] | found["test"])) == n_published
    assert BLOCKED not in found["train"] | found["test"] | found["removed"]
    configs = LanguageConfigs.load(config_folder("builtin"))
    same = what_if(Store(work), job, configs, [configs])
    assert same.after[0]["rus_Cyrl"] == same.before["rus_Cyrl"], "what-if keeps clusters closed"


def test_words_are_no_list_of_addresses(small_input: Path, tmp_path: Path) -> None:
    (tmp_path / "copies.txt").write_text("copy\n", encoding="utf-8")
    work = tmp_path / "work"
    job = job_of(small_input, work, urls={"words": [f"{tmp_path}/copies.txt"]})
    run(job)
    assert not any(r and r.endswith("_cluster") for r in reasons_of(work).values())


def test_chains_of_pairs_close_nothing(small_input: Path, tmp_path: Path) -> None:
    loose = job_of(
        small_input, tmp_path / "work", urls=blocking(tmp_path), cluster={"verify": False}
    )
    run(loose)
    assert len(TWINS & urls_in(tmp_path / "work")["train"]) == 1
    with pytest.raises(ValueError, match="verified clusters"):
        job_of(
            small_input,
            tmp_path / "other",
            cluster={"verify": False},
            rebalance={"blocked": "cluster"},
        )


@pytest.mark.parametrize("marked", ["drop", "keep"])
def test_the_other_view_has_neither(small_input: Path, tmp_path: Path, marked: str) -> None:
    work = tmp_path / "work"
    emitted = {"hplt": {**OPEN, "marked": marked}, "removed": "all", "pii": "keep"}
    job = job_for(small_input, work, urls=blocking(tmp_path), emit=emitted)
    give_scores(job, score_of)
    emit(job)
    emit(job, Form("hplt"))
    lines = [line for file in in_view(work / "corpus-hplt").values() for line in file]
    assert len(lines) > 20
    assert not TWINS & {line["u"] for line in lines}
