"""A work folder in Python: its tables in Arrow, polars and DuckDB, and its questions."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pytest

import curate
from curate.ask.rerun import load_recorded
from curate.ask.whatif import what_if
from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.config.override import override, parse_override
from curate.errors import ConfigError, InputError, StoreError
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.work.configs import configs_in_use
from curate.work.tables import read_columns
from tests.looking import receipts
from tests.object_server import BUCKET, ObjectServer
from tests.runs import SETTINGS, corpus_of

COLUMNS = ["id", "label", "n_words", "wds", "removal_reason"]


@pytest.fixture
def copied(scored: Path, tmp_path: Path) -> Path:
    """A copy of the folder which a test may spoil."""
    return Path(shutil.copytree(scored, tmp_path / "work"))


def by_hand(work: Path) -> pa.Table:
    """The same columns, read shard by shard as the engine does."""
    steps = {
        "extract": ("id",),
        "identify": ("label",),
        "annotate": ("n_words",),
        "score": ("wds",),
        "rebalance": ("removal_reason",),
    }
    shards = [receipt.shard for receipt in receipts(work, "extract")]
    return pa.concat_tables(read_columns(Store(work), shard, steps) for shard in shards)


def test_it_knows_its_job_and_its_columns(scored: Path) -> None:
    work = curate.open(str(scored))
    assert repr(work) == f"curate.open({str(scored)!r})"
    assert work.job == load_recorded(str(scored))
    assert work.columns["text"] == "extract"
    assert work.columns["band_keys"] == "sign"
    assert work.columns["pii_spans"] == "pii"
    assert work.columns["seg_langs"] == "score"


def test_rows_join_documents_and_sidecars(scored: Path) -> None:
    work = curate.open(scored)
    assert work.rows(COLUMNS).read_all().equals(by_hand(scored))
    whole = work.rows().read_all()
    assert whole.column_names == list(work.columns)
    assert whole.select(COLUMNS).equals(by_hand(scored))


def test_documents_and_sidecars_are_datasets(scored: Path) -> None:
    work = curate.open(scored)
    english = work.sidecars["identify"].filter(pc.field("label") == "eng_Latn")
    labels = by_hand(scored)["label"].to_pylist()
    assert 0 < english.count_rows() == labels.count("eng_Latn") < len(labels)
    assert work.documents.to_table(columns=["id"])["id"] == by_hand(scored)["id"]
    assert isinstance(work.sidecars["annotate"], ds.Dataset)
    assert list(work.sidecars)[:4] == ["identify", "annotate", "sign", "pii"]
    assert len(work.sidecars) == len(list(work.sidecars))


def test_only_what_is_asked_for_is_read(copied: Path) -> None:
    work = curate.open(copied)
    reader = work.rows(["id", "label"])
    for folder in ("metrics", "scores", "clusters"):
        for path in (copied / folder / "data").glob("*.parquet"):
            path.write_bytes(b"spoiled")
    assert reader.read_all().num_rows == len(work.documents.to_table(columns=["id"]))
    with pytest.raises(StoreError, match="a Parquet file"):
        curate.open(copied).rows(["n_words"])


def test_polars_and_duckdb_read_both(scored: Path) -> None:
    work = curate.open(scored)
    expected = by_hand(scored)
    frame = polars.DataFrame(work.rows(COLUMNS))
    assert frame["n_words"].to_list() == expected["n_words"].to_pylist()
    lazy = polars.scan_pyarrow_dataset(work.documents)
    assert lazy.select("id").collect()["id"].to_list() == expected["id"].to_pylist()
    rows, documents = work.rows(COLUMNS), work.documents
    assert rows is not documents  # DuckDB finds both by their names
    with duckdb.connect() as database:
        answer = database.execute(
            "SELECT label, count(*) FROM rows WHERE removal_reason IS NULL GROUP BY label"
        ).fetchall()
        count = database.execute("SELECT count(*) FROM documents").fetchall()
    kept = expected.filter(pc.is_null(expected["removal_reason"]))["label"].to_pylist()
    assert dict(answer) == {label: kept.count(label) for label in set(kept)}
    assert count == [(expected.num_rows,)]


def test_a_folder_in_an_object_store_is_read_likewise(
    scored: Path, objects: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in objects.environment().items():
        monkeypatch.setenv(name, value)
    place = f"s3://{BUCKET}/scored"
    store = open_store(place)
    for path in sorted(scored.rglob("*")):
        if path.is_file() and "corpus" not in path.parts:
            store.put(path.relative_to(scored).as_posix(), path.read_bytes())
    work = curate.open(place)
    assert work.rows(COLUMNS).read_all().equals(by_hand(scored))
    frame = polars.scan_pyarrow_dataset(work.sidecars["identify"]).select("label").collect()
    assert frame["label"].to_list() == by_hand(scored)["label"].to_pylist()
    documents, last = work.documents, by_hand(scored)["id"].to_pylist()[-1]
    for _ in range(2):
        assert documents.to_table(columns=["id"], filter=pc.field("id") == last).num_rows == 1


def test_an_unknown_column_or_stage_is_told(scored: Path) -> None:
    work = curate.open(scored)
    with pytest.raises(InputError, match="n_word") as caught:
        work.rows(["n_word"])
    assert "`n_words`" in caught.value.todo
    with pytest.raises(InputError, match="columns"):
        work.rows("text")
    with pytest.raises(InputError, match="perplexity"):
        _ = work.sidecars["perplexity"]
    assert "perplexity" not in work.sidecars
    assert "score" in work.sidecars


def test_a_folder_without_documents_says_so(small_input: Path, tmp_path: Path) -> None:
    settings = {**SETTINGS, "input": f"{small_input}/*", "work": str(tmp_path / "work")}
    work = curate.run(settings, until="extract")
    assert list(work.columns.values()) == ["extract"] * len(work.columns)
    assert not work.sidecars
    shutil.rmtree(tmp_path / "work" / "documents")
    with pytest.raises(InputError, match="finished stage 'extract'"):
        curate.open(tmp_path / "work").rows()


def test_a_document_is_explained(scored: Path) -> None:
    work = curate.open(scored)
    row = work.rows(["id", "url", "n_words"]).read_all().to_pylist()[0]
    (found,) = work.explain(row["url"])
    assert found.columns["id"] == row["id"]
    assert found.columns["n_words"] == row["n_words"]
    with pytest.raises(InputError, match="no-such"):
        work.explain("https://no-such.example/")


def test_whatif_counts_as_the_command_does(scored: Path) -> None:
    work = curate.open(scored)
    found = work.whatif({"n_words.min": 400})
    store = Store(scored)
    before = configs_in_use(store, work.job)
    labels = sorted({row["label"] for row in by_hand(scored).to_pylist()})
    after = override(before, labels, [parse_override("n_words.min=400")])
    assert found.after == what_if(store, work.job, before, [after]).after
    assert found.n_lost > 0
    assert found == work.whatif(["n_words.min=400"])
    gained = work.whatif({"n_words.min": None}, labels="eng_Latn")
    assert gained.n_lost == 0
    with pytest.raises(ConfigError, match="whatif"):
        work.whatif()
    with pytest.raises(ConfigError, match="n_wrds"):
        work.whatif({"n_wrds.min": 3})


def test_other_configs_are_decided_and_published(copied: Path, tmp_path: Path) -> None:
    work, before = curate.open(copied), corpus_of(copied)
    folder = tmp_path / "configs"
    shutil.copytree(builtin_folder("language_configs"), folder)
    for path in folder.glob("[a-z]*.yaml"):
        path.unlink()
    decision = work.select(folder)
    assert decision.is_published is False
    assert corpus_of(copied) == before
    assert work.job.language_configs == str(folder)
    assert LanguageConfigs.load(folder).files.keys() <= {"_default"} | {
        name for name in LanguageConfigs.load(folder).files if "/" in name
    }
    result = work.publish()
    assert result.data is not None
    assert work.select(folder).is_published is True


def test_a_job_runs_from_python_as_from_the_shell(
    small_input: Path, baseline: Path, tmp_path: Path
) -> None:
    settings = {**SETTINGS, "input": f"{small_input}/*", "work": str(tmp_path / "work")}
    work = curate.run(settings, until="identify")
    assert "annotate" not in work.sidecars
    assert work.run().corpus == tmp_path / "work" / "corpus"
    ours, theirs = corpus_of(tmp_path / "work"), corpus_of(baseline)
    parquet = [name for name in theirs if name.endswith(".parquet")]
    assert len(parquet) > 5
    assert {name: ours[name] for name in parquet} == {name: theirs[name] for name in parquet}
