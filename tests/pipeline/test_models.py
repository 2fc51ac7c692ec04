"""Classifiers, perplexity and evaluation sets of a job: columns first, then reasons to drop."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from curate.classify import ModelSpec, fingerprint_of
from curate.config.builtin import builtin_folder
from curate.config.job import JobConfig, load_job
from curate.config.load import dump_yaml
from curate.errors import ConfigError, InputError, JobMismatchError, ModelError
from curate.io import layout
from curate.io.store import Store
from curate.perplexity import BUCKETS
from curate.pipeline.measure import model_trial
from curate.pipeline.measure.classify import _loaded
from curate.pipeline.measure.model_trial import try_models
from curate.pipeline.run import run_job
from curate.pipeline.verify import verify
from curate.work import tables
from tests.classify.tiny_models import VOCABULARY, WEIGHTS, train_fasttext, write_onnx
from tests.conftest import EngineFactory
from tests.looking import published, receipts, run
from tests.perplexity.tiny_models import write_arpa
from tests.runs import Told, attempts_of, job_of
from tests.small_crawl import page_text

LEAKED = page_text("tha_Thai", 0).splitlines()[0]
SOURCE = {"method": "by hand", "reference": "this test"}
NAMED = {"id2label": {"0": "fine", "1": "very dull"}, "problem_type": "multi_label_classification"}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two classifiers, two language models and two evaluation sets."""
    folder = tmp_path_factory.mktemp("models")
    train_fasttext(folder / "topics.bin")
    write_onnx(folder / "tone", NAMED)
    for label in ("eng_Latn", "hin_Deva"):
        words = {"</s>": -0.7, "<unk>": -3.0, "the": -1.0, "है": -1.2}
        write_arpa(folder / f"{label}.arpa", words, {("the", "the"): -0.5})
    leak = {"id": 7, "question": {"stem": LEAKED}, "choices": ["ใช่", "ไม่"]}
    (folder / "leak.jsonl").write_text(json.dumps(leak), encoding="utf-8")
    (folder / "other.txt").write_text("Nothing of this is in any page. " * 4, encoding="utf-8")
    return folder


def asked_of(models: Path, **decontaminate: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    sets = {"leak": f"{models}/leak.jsonl", "other": [f"{models}/oth*.txt"]}
    return {
        "classify": [
            {"name": "topic", "kind": "fasttext", "model": f"{models}/topics.bin"},
            {
                "name": "tone",
                "kind": "onnx",
                "model": f"{models}/tone/model.onnx",
                "languages": ["eng_Latn", "rus_Cyrl"],
            },
        ],
        "perplexity": {"models": f"{models}/{{label}}.arpa", "cutoffs": {"hin_Deva": [2, 3.5]}},
        "decontaminate": {"sets": sets, "fields": ["question.stem"], **decontaminate},
    }


@pytest.fixture(scope="module")
def scored(models: Path, small_input: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with all three, of which the evaluation sets drop."""
    work = tmp_path_factory.mktemp("scored") / "work"
    run(job_of(small_input, work, **asked_of(models)))
    return work


def rows_of(work: Path, *, select: bool = True) -> list[dict[str, Any]]:
    """What is said of each document."""
    wanted: dict[str, Any] = {"extract": ("text",), "identify": ("label",)}
    wanted |= dict.fromkeys(("classify", "perplexity", "contamination"))
    wanted |= {"select": None} if select else {}
    return [
        row
        for receipt in receipts(work, "classify")
        for row in tables.read_columns(Store(work), receipt.shard, wanted).to_pylist()
    ]


def test_each_classifier_has_a_column_for_each_of_its_labels(scored: Path) -> None:
    for row in rows_of(scored):
        sums = [row["topic.food"], row["topic.sport"]]
        assert row["text"].strip() == "" or sum(sums) == pytest.approx(1, abs=1e-3)
        is_for = row["label"] in ("eng_Latn", "rus_Cyrl") and row["text"].strip() != ""
        assert (row["tone.fine"] is not None) == is_for
        assert (row["tone.very_dull"] is not None) == is_for


def test_perplexity_is_of_labels_with_a_model_and_thirds_are_their_own(scored: Path) -> None:
    rows = rows_of(scored)
    for row in rows:
        has_model = row["label"] in ("eng_Latn", "hin_Deva")
        assert (row["perplexity"] is not None) == has_model
        assert (row["perplexity_bucket"] is not None) == has_model
    english = sorted(row["perplexity"] for row in rows if row["label"] == "eng_Latn")
    buckets = Counter(row["perplexity_bucket"] for row in rows if row["label"] == "eng_Latn")
    assert abs(buckets["tail"] - len(english) / 3) <= len(english) / 6
    assert sum(buckets.values()) == len(english) >= 6
    by_bucket = [
        [row["perplexity"] for row in rows if row["perplexity_bucket"] == bucket]
        for bucket in BUCKETS
        if bucket in buckets
    ]
    assert english == sorted(value for values in by_bucket for value in values if value in english)
    hindi = [row for row in rows if row["label"] == "hin_Deva"]
    assert {row["perplexity_bucket"] for row in hindi} == {
        BUCKETS[(row["perplexity"] >= 2) + (row["perplexity"] >= 3.5)] for row in hindi
    }


def test_documents_with_an_item_of_a_set_are_marked_and_dropped(scored: Path) -> None:
    rows = rows_of(scored)
    marked = [row for row in rows if row["contaminated_by"]]
    assert marked
    assert all(row["contaminated_by"] == ["leak"] for row in marked)
    assert {row["label"] for row in marked} == {"tha_Thai"}
    noted = Counter[str]()
    for receipt in receipts(scored, "contamination"):
        noted.update(receipt.counts.get("noted", {}))
    assert noted == {"contaminated_by leak": len(marked)}
    assert all(row in marked for row in rows if LEAKED in row["text"])
    for row in rows:
        assert (row["drop_reason"] == "contaminated_by") == (row in marked)
        assert row["contamination_fraction"] is None or (
            (row["contamination_fraction"] > 0) == (row in marked)
        )
    verify(scored)


def test_the_corpus_has_the_scores_at_its_end(scored: Path) -> None:
    table = next(iter(published(scored, subset="train").values()))
    assert table.column_names[-8:] == [
        "topic.food",
        "topic.sport",
        "tone.fine",
        "tone.very_dull",
        "perplexity",
        "perplexity_bucket",
        "contaminated_by",
        "contamination_fraction",
    ]


def test_a_threshold_of_a_score_selects(
    scored: Path, models: Path, small_input: Path, tmp_path: Path
) -> None:
    configs = tmp_path / "configs"
    shutil.copytree(builtin_folder("language_configs"), configs)
    rules = {"metric": "topic.sport", "min": 0.6}
    (configs / "eng_Latn.yaml").write_text(
        yaml.safe_dump({"label": "eng_Latn", "thresholds": [rules], "provenance": SOURCE}),
        encoding="utf-8",
    )
    work = tmp_path / "work"
    shutil.copytree(scored, work)
    before = attempts_of(work)
    job = job_of(small_input, work, **asked_of(models), language_configs=str(configs))
    run(job, rerun="annotate", until="select")
    after = attempts_of(work)
    assert all(before[k] == after[k] for k in before if k[0] in ("classify", "perplexity"))
    english = [row for row in rows_of(work) if row["label"] == "eng_Latn"]
    low = [row["drop_reason"] for row in english if (row["topic.sport"] or math.inf) < 0.6]
    assert low
    assert all(low)
    assert "topic.sport" in low
    unknown = job.model_copy(update={"classify": job.classify[1:], "work": str(tmp_path / "other")})
    with pytest.raises(ConfigError, match=r"topic\.sport"):
        run(unknown)


@pytest.mark.exhaustive
def test_ray_gives_the_same_scores(
    scored: Path, models: Path, small_input: Path, tmp_path: Path, make_engine: EngineFactory
) -> None:
    work = tmp_path / "work"
    job = job_of(small_input, work, **asked_of(models))
    gpu = (job.classify[0], job.classify[1].model_copy(update={"num_gpus": 0.5}))
    run_job(
        job.model_copy(update={"classify": gpu}),
        engine=make_engine("ray"),
        until="contamination",
    )
    expected = [{k: v for k, v in row.items() if k != "drop_reason"} for row in rows_of(scored)]
    assert rows_of(work, select=False) == expected


@pytest.mark.exhaustive
def test_a_later_snapshot_is_scored_and_what_was_scored_stays(
    models: Path, small_input: Path, tmp_path: Path
) -> None:
    first, *others = sorted(str(path) for path in small_input.iterdir())
    asked = asked_of(models)
    work = tmp_path / "work"
    job = job_of("unused", work, **asked).model_copy(update={"input": (first,)})
    run(job, until="contamination")
    before, cutoffs = attempts_of(work), (work / "perplexity/_cutoffs.json").read_bytes()
    run(job.model_copy(update={"snapshots": tuple(others)}), until="contamination")
    after = attempts_of(work)
    assert before.items() <= after.items()
    assert len([key for key in after if key[0] == "perplexity"]) == 1 + len(others)
    kept = json.loads((work / "perplexity/_cutoffs.json").read_bytes())
    assert json.loads(cutoffs).items() <= kept.items()


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("topics.bin", "classify"),
        ("tone/tokenizer.json", "classify"),
        ("hin_Deva.arpa", "perplexity"),
        ("leak.jsonl", "contamination"),
    ],
)
def test_a_file_that_changed_is_noticed(
    scored: Path, models: Path, small_input: Path, tmp_path: Path, name: str, stage: str
) -> None:
    work = tmp_path / "work"
    shutil.copytree(scored, work)
    job, before = job_of(small_input, work, **asked_of(models)), attempts_of(work)
    run(job, until="select")
    assert attempts_of(work) == before
    content = (models / name).read_bytes()
    try:
        (models / name).write_bytes(content + b"\n")
        with pytest.raises(JobMismatchError, match=f"--rerun {stage}"):
            run(job, until="select")
    finally:
        (models / name).write_bytes(content)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"classify": [{"name": "a", "kind": "fasttext", "model": "/nowhere.bin"}]},
            ModelError,
            "/nowhere.bin",
        ),
        ({"perplexity": {"models": "/nowhere/{label}.bin"}}, ModelError, "perplexity.models"),
        (
            {"decontaminate": {"sets": {"x": "/nowhere.jsonl"}}},
            InputError,
            r"correct `decontaminate\.sets\.x`",
        ),
    ],
)
def test_what_is_missing_is_found_before_anything_is_written(
    settings: dict[str, Any],
    error: type[Exception],
    message: str,
    small_input: Path,
    tmp_path: Path,
) -> None:
    with pytest.raises(error, match=message):
        run(job_of(small_input, tmp_path / "work", **settings))
    assert not (tmp_path / "work" / layout.JOB).exists()


def test_a_job_comes_back_from_its_file_with_absolute_paths(
    models: Path, small_input: Path, tmp_path: Path
) -> None:
    settings = asked_of(Path("here"))
    (tmp_path / "job.yaml").write_text(
        yaml.safe_dump({"input": f"{small_input}/*", "work": "work", **settings}), encoding="utf-8"
    )
    job = load_job(tmp_path / "job.yaml", folder=tmp_path)
    assert job.classify[0].model == f"{tmp_path}/here/topics.bin"
    assert job.perplexity is not None
    assert job.perplexity.models == f"{tmp_path}/here/{{label}}.arpa"
    assert job.decontaminate is not None
    assert job.decontaminate.files()["other"] == (f"{tmp_path}/here/oth*.txt",)
    (tmp_path / "again.yaml").write_text(dump_yaml(job.to_dict()), encoding="utf-8")
    assert load_job(tmp_path / "again.yaml") == job


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"classify": [{"name": "n_words", "kind": "onnx", "model": "m"}]}, "no metric has"),
        (
            {"classify": [{"name": "a", "kind": "fasttext", "model": "m", "num_gpus": 1}]},
            "neither `activation`",
        ),
        ({"classify": [{"name": "a", "kind": "onnx", "model": "m"}] * 2}, "`a` twice"),
        (
            {"classify": [{"name": "a", "kind": "onnx", "model": "m", "languages": ["fr"]}]},
            "`fr`",
        ),
        ({"perplexity": {"models": "m", "cutoffs": {"fra_Latn": [9, 3]}}}, "lower one first"),
        ({"decontaminate": {"sets": {}}}, "sets"),
        ({"decontaminate": {"sets": {"x": []}}}, "a name and a file"),
    ],
)
def test_a_section_that_makes_no_sense_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        JobConfig.model_validate({"input": "in", "work": "work", **settings})


# ---- trust ---------------------------------------------------------------------------------------


def test_a_model_that_kills_its_reader_is_named_and_the_driver_lives(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As C++ that reads damaged bytes may: the child that tries it is gone, with a signal."""
    spec = ModelSpec("fasttext", f"{models}/topics.bin")
    assert try_models([spec]) == [("food", "sport")]
    monkeypatch.setattr(model_trial, "_FUNCTION", "tests.engine.sandbox_functions:die_of_a_signal")
    with pytest.raises(ModelError, match="took down the process that read it"):
        try_models([spec])


def test_the_driver_loads_no_model_itself(models: Path) -> None:
    """Nor the libraries that read them: what it knows, a child told."""
    spec = ModelSpec("onnx", f"{models}/tone/model.onnx", gpu=True)
    program = (
        "import sys; from curate.classify import ModelSpec; "
        "from curate.pipeline.measure.model_trial import try_models; "
        f"print(try_models([{spec!r}]), {{'onnxruntime', 'fasttext'}} & sys.modules.keys())"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout == "[('fine', 'very dull')] set()\n"


def test_outputs_that_are_no_numbers_are_counted_and_told(
    models: Path, small_input: Path, tmp_path: Path
) -> None:
    """The word of padding is met by no text; unknown words are, and have no number here."""
    words = WEIGHTS.copy()
    words[VOCABULARY["good"]] = math.nan
    write_onnx(tmp_path / "broken", NAMED, words=words)
    folder = json.loads(json.dumps(asked_of(models)["classify"][:1]))
    broken = {"name": "broken", "kind": "onnx", "model": f"{tmp_path}/broken/model.onnx"}
    tokenizer = tmp_path / "broken" / "tokenizer.json"
    spoilt = json.loads(tokenizer.read_text(encoding="utf-8"))
    spoilt["model"]["vocab"] = {"[PAD]": 0, "[UNK]": 1, "the": VOCABULARY["good"]}
    tokenizer.write_text(json.dumps(spoilt), encoding="utf-8")
    told, work = Told(), tmp_path / "work"
    job = job_of(small_input, work, classify=[*folder, broken])
    run(job, progress=told, until="classify")
    rows = [
        row
        for receipt in receipts(work, "classify")
        for row in tables.read_columns(Store(work), receipt.shard, {"classify": None}).to_pylist()
    ]
    n_null = sum(row["broken.fine"] is None and row["topic.food"] is not None for row in rows)
    assert 0 < n_null < len(rows)
    n_told = [line for line in told.said if "no score of broken" in line]
    assert len(n_told) == 1
    assert f"{n_null} documents" in n_told[0]


def test_batch_and_gpus_are_no_part_of_what_a_score_is(
    models: Path, small_input: Path, tmp_path: Path
) -> None:
    asked = asked_of(models)["classify"]
    run(job_of(small_input, tmp_path / "work", classify=asked), until="classify")
    before = attempts_of(tmp_path / "work")
    asked[1] |= {"batch": 3, "num_gpus": 0.5}
    run(job_of(small_input, tmp_path / "work", classify=asked), until="classify")
    assert attempts_of(tmp_path / "work") == before
    asked[1] |= {"max_tokens": 16}
    with pytest.raises(JobMismatchError, match="max_tokens"):
        run(job_of(small_input, tmp_path / "work", classify=asked), until="classify")


def test_a_worker_with_other_files_at_the_path_refuses(models: Path) -> None:
    spec = ModelSpec("fasttext", f"{models}/topics.bin")
    assert _loaded(spec, fingerprint_of(spec)).labels == ("food", "sport")
    with pytest.raises(ModelError, match="same files at this path on every machine"):
        _loaded(spec, "0" * 64)
