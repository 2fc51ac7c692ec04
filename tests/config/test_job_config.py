from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from curate.config.job import FieldChange, JobConfig, diff_jobs, load_job
from curate.config.load import dump_yaml
from curate.config.problems import paths
from curate.errors import ConfigError
from curate.stage_table import setting_stages

SMALL = "name: small\ninput: crawl/*.warc.gz\nwork: out\n"


@pytest.fixture
def job_file(tmp_path: Path) -> Path:
    path = tmp_path / "job.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_paths_are_absolute_from_the_current_folder(
    job_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("HOME", "/home/me")
    job = load_job(
        job_file, ["language_configs=mine", "identify.model=~/glotlid.bin", "tune.out=tuned"]
    )
    assert job.input == (f"{elsewhere}/crawl/*.warc.gz",)
    assert job.work == f"{elsewhere}/out"
    assert job.language_configs == f"{elsewhere}/mine"
    assert job.identify.model == "/home/me/glotlid.bin"
    assert job.tune is not None
    assert job.tune.out == f"{elsewhere}/tuned"


def test_names_and_addresses_are_no_paths(job_file: Path) -> None:
    job = load_job(job_file, ["work=s3://bucket/work"])
    assert job.work == "s3://bucket/work"
    assert job.language_configs == "builtin"
    assert job.identify.model == "embedded"


def test_overrides_win_in_order_and_reach_any_depth(job_file: Path) -> None:
    job = load_job(
        job_file,
        [
            "cluster.min_similarity=0.9",
            "cluster.min_similarity=0.8",
            "name=2024",
            "extract.memory_mb=null",
            "tune.methods.repetition=10tail",
            "input=/a/[xy]*.warc.gz",
        ],
    )
    assert job.cluster.min_similarity == 0.8
    assert job.name == "2024"
    assert job.extract.memory_mb is None
    assert job.tune is not None
    assert job.tune.methods.repetition == "10tail"
    assert job.input == ("/a/[xy]*.warc.gz",)
    assert load_job(job_file, ["input=[/a, /b]"]).input == ("/a", "/b")


def test_an_override_that_is_wrong_is_the_place_of_the_error(job_file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_job(job_file, ["cluster.min_similrity=0.9"])
    assert str(caught.value) == (
        "--set cluster.min_similrity=0.9\n"
        "  wanted: a key of `cluster`: verify, min_similarity, min_representative_similarity, "
        "warn_removed_share\n"
        "  found:  `min_similrity`\n"
        "  to do:  did you mean `cluster.min_similarity`?"
    )


@pytest.mark.parametrize(
    ("override", "wanted"),
    [
        ("name", "key=value"),
        ("=3", "key=value"),
        ("cluster..x=3", "key=value"),
        ("name.x=3", "`name` to hold settings"),
        ("minhash.n_bands=0", "greater than or equal to 1"),
        ("minhash.n_bands=14.5", "a valid integer"),
        ("rebalance.max_repetitions=11", "less than or equal to 10"),
        ("emit.removed=some", "'selection', 'all' or 'none'"),
        ("cluster.verify=maybe", "a valid boolean"),
        ("cluster=null", "`key: value` lines"),
        ("compat=fineweb3", "'fineweb2'"),
        ("columns={txt: content}", "our column names as keys"),
        ("input=[]", "at least 1 item"),
        ("input=['']", "paths"),
        ("work=", "a valid string"),
        ("select.x=1", "no key: `select` has none yet"),
    ],
)
def test_a_wrong_override_says_what_was_wanted(job_file: Path, override: str, wanted: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_job(job_file, [override])
    assert caught.value.where == f"--set {override}"
    assert wanted in caught.value.wanted


def test_a_ray_address_and_the_local_engine_exclude_each_other(job_file: Path) -> None:
    with pytest.raises(ConfigError, match="local"):
        load_job(job_file, ["engine.kind=local", "engine.address=auto"])


def test_the_engine_changes_no_result(job_file: Path) -> None:
    plain = load_job(job_file)
    other = load_job(job_file, ["engine.workers=7", "engine.attempts=1", "work=elsewhere"])
    assert plain != other
    assert plain.result_settings() == other.result_settings()
    changed = load_job(job_file, ["cluster.verify=false"])
    assert plain.result_settings() != changed.result_settings()


def test_a_difference_names_the_setting_both_values_and_the_stage(job_file: Path) -> None:
    old = load_job(job_file).result_settings()
    new = load_job(job_file, ["cluster.min_similarity=0.8", "identify.model=/m.bin"])
    changes = diff_jobs(old, new.result_settings())
    assert [str(c) for c in changes] == [
        "identify.model: 'embedded' -> '/m.bin'",
        "cluster.min_similarity: 0.7 -> 0.8",
    ]
    assert [c.stage for c in changes] == ["identify", "cluster"]
    assert FieldChange("engine.workers", 1, 2).stage is None


def test_absent_is_not_null_and_lists_are_tuples() -> None:
    assert diff_jobs({"a": (1, 2)}, {"a": [1, 2]}) == []
    assert [str(c) for c in diff_jobs({"a": {"b": 1}}, {"a": {}, "c": None})] == [
        "a.b: 1 -> absent",
        "c: absent -> None",
    ]


def test_the_job_that_is_written_is_the_job_that_is_read(job_file: Path, tmp_path: Path) -> None:
    job = load_job(job_file, ["tune={}", "columns={text: content}", "compat=fineweb2"])
    again = tmp_path / "again.yaml"
    again.write_text(dump_yaml(job.to_dict()), encoding="utf-8")
    assert load_job(again) == job
    assert diff_jobs(job.to_dict(), load_job(again).to_dict()) == []


def test_every_setting_is_described_and_has_a_stage() -> None:
    assert set(setting_stages()) == set(JobConfig.model_fields) - {"engine", "io", "work"}
    described = JobConfig.model_json_schema()
    sections = [described, *described["$defs"].values()]
    for section in sections:
        for name, setting in section.get("properties", {}).items():
            assert setting.get("description"), name
    assert "tune.methods.repetition" in set(paths(JobConfig))


def test_a_job_is_frozen_and_strict() -> None:
    job = JobConfig(input=("a",), work="w")
    with pytest.raises(ValidationError):
        job.name = "other"
    with pytest.raises(ValidationError):
        JobConfig(input=("a",), work="w", name=3)  # type: ignore[arg-type]
    assert job.input == ("a",)
