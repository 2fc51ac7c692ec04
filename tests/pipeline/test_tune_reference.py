"""References through the same machinery as a run: cleaned, measured, resumed, on both engines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from curate.ask.rerun import tune_references
from curate.config.job import JobConfig
from curate.config.language import LanguageConfigs
from curate.errors import InputError
from curate.io import layout
from curate.io.store import Store
from curate.pipeline.tuning.reference import (
    find_references,
    label_of_path,
    reference_counts,
    reference_summaries,
    reference_words,
)
from curate.pipeline.tuning.tuning import shared_words
from curate.pipeline.verify import verify
from curate.tune.fit import Stopwords
from curate.work.seal import load_receipts
from tests import runs
from tests.io.test_remote_http import Site, served
from tests.looking import run
from tests.runs import Told
from tests.small_crawl import PATTERNS, page_text
from tests.warc_files import conversion_record, gzip_members

ENGLISH = "The council of the town met and discussed what to do with the old bridge and the road."
LABELS = tuple(PATTERNS)
DECLARATIONS = Path(__file__).parents[3] / "shared" / "data" / "udhr_paragraphs.json.gz"


def write_jsonl(path: Path, texts: Sequence[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps({"id": str(i), "text": t}) + "\n" for i, t in enumerate(texts))
    data = lines.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def pages(label: str, n: int = 40, first: int = 0) -> list[str]:
    return [page_text(label, number) for number in range(first, first + n)]


@pytest.fixture
def reference(tmp_path: Path) -> Path:
    root = tmp_path / "ref"
    for label in LABELS:
        write_jsonl(root / f"{label}.jsonl.gz", pages(label))
    return root


def job_of(work: Path, *references: object, **tune: object) -> JobConfig:
    settings = {"min_documents": 20, "reference": [str(r) for r in references], **tune}
    return JobConfig.model_validate(
        {"input": "none", "work": str(work), "engine": {"kind": "local"}, "tune": settings}
    )


def texts_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.yaml")}


# ---- which files, whose --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/ref/fra_Latn/x.parquet", "fra_Latn"),
        ("/ref/fra_Latn.jsonl.gz", "fra_Latn"),
        ("/ref/fra_Latn/tha_Thai.jsonl", "tha_Thai"),
        ("/ref/fra_Latn/tha_Thai/a/b.jsonl", "tha_Thai"),
        ("s3://bucket/fuf_Adlm/x.wet.gz", "fuf_Adlm"),
        ("/ref/fra/x.jsonl", None),
        ("/ref/fra_Latn-2.jsonl", None),
    ],
)
def test_the_label_is_the_nearest_in_the_path(path: str, label: str | None) -> None:
    assert label_of_path(path) == label


def test_a_label_may_be_named_and_a_folder_given(reference: Path, tmp_path: Path) -> None:
    other = write_jsonl(tmp_path / "wiki.jsonl", ["x"])
    found = find_references([str(reference), f"fra_Latn={other}"])
    assert {Path(f.path).name: f.label for f in found} == {
        **{f"{label}.jsonl.gz": label for label in LABELS},
        "wiki.jsonl": "fra_Latn",
    }


@pytest.mark.parametrize(
    ("patterns", "message"),
    [
        (["{root}/none*.jsonl"], "at least one file"),
        (["{root}/wiki.jsonl"], "fra_Latn="),
        (["{root}/empty"], "end in .jsonl"),
        (["fra_Latn={root}/wiki.jsonl", "ita_Latn={root}/wiki.jsonl"], "fra_Latn and ita_Latn"),
    ],
)
def test_mistakes_say_what_to_do(patterns: list[str], message: str, tmp_path: Path) -> None:
    write_jsonl(tmp_path / "wiki.jsonl", ["x"])
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "README.md").touch()
    with pytest.raises(InputError, match=message):
        find_references([p.format(root=tmp_path) for p in patterns])


# ---- tuning on references alone ------------------------------------------------------------


def test_references_alone_tune_every_label_and_a_second_run_changes_nothing(
    reference: Path, tmp_path: Path
) -> None:
    job, out = job_of(tmp_path / "work", reference), tmp_path / "out"
    found = tune_references(job, out)
    assert {one.label for one in found if one.is_tuned} == set(LABELS)
    configs = LanguageConfigs.load(out)
    for label in LABELS:
        config = configs.files[label]
        assert config.provenance.sources == {"reference": 40}
        assert config.provenance.weight == round(40 / 240, 2)
        assert config.provenance.reference == f"{label}.jsonl.gz"
        assert len(config.stopwords) >= 8
    written = texts_of(out)
    told = Told()
    tune_references(job, out, progress=told)
    assert told.begun == []
    assert texts_of(out) == written


def test_the_number_of_workers_and_shards_changes_nothing(tmp_path: Path) -> None:
    made: list[Mapping[str, bytes]] = []
    for n_shards, workers in ((1, 1), (3, 2), (8, 2)):
        root = tmp_path / f"ref-{n_shards}"
        for label in ("eng_Latn", "tha_Thai"):
            texts = pages(label, 48)
            for i in range(n_shards):
                write_jsonl(root / label / f"{i}.jsonl", texts[i::n_shards])
        job = job_of(tmp_path / f"work-{n_shards}", root, reference_names={"*": "pages"})
        engine = job.engine.model_copy(update={"workers": workers})
        out = tmp_path / f"out-{n_shards}"
        tune_references(job.model_copy(update={"engine": engine}), out)
        made.append(texts_of(out))
    assert made[0] == made[1] == made[2]


def test_ray_gives_the_same_files(reference: Path, tmp_path: Path) -> None:
    job = job_of(tmp_path / "local", reference)
    tune_references(job, tmp_path / "out")
    engine = job.engine.model_copy(update={"kind": "ray"})
    other = job.model_copy(update={"engine": engine, "work": str(tmp_path / "ray")})
    tune_references(other, tmp_path / "out-ray")
    assert texts_of(tmp_path / "out") == texts_of(tmp_path / "out-ray")


def test_other_files_or_sizes_are_measured_again(reference: Path, tmp_path: Path) -> None:
    job = job_of(tmp_path / "work", reference)
    tune_references(job, tmp_path / "out")
    write_jsonl(reference / "tha_Thai.jsonl.gz", pages("tha_Thai", 60))
    told = Told()
    tune_references(job, tmp_path / "out", progress=told)
    assert any("made again" in text for text in told.said)
    config = LanguageConfigs.load(tmp_path / "out").files["tha_Thai"]
    assert config.provenance.sources == {"reference": 60}


def test_no_secret_of_a_references_address_is_written(tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    write_jsonl(tmp_path / "t.jsonl", pages("tha_Thai", 30))
    with served(Site()) as site:
        site.files["/t.jsonl?sig=0a1b2c"] = (tmp_path / "t.jsonl").read_bytes()
        host = site.url.replace("http://", "http://someone:passw0rd@")
        job = job_of(work, f"tha_Thai={host}/t.jsonl?sig=0a1b2c")
        (found,) = [one for one in tune_references(job, out) if one.is_tuned]
    assert found.label == "tha_Thai"
    told = Told()
    tune_references(job, out, progress=told)
    assert "reference: files are gone; their statistics are kept and used" in told.said
    for folder in (work, out):
        for path in (p for p in folder.rglob("*") if p.is_file()):
            for secret in (b"someone", b"passw0rd", b"0a1b2c"):
                assert secret not in path.read_bytes(), path


def test_scripts_files_are_pooled_and_their_labels_drawn_toward_them(tmp_path: Path) -> None:
    for label in ("nds_Latn", "deu_Latn", "eng_Latn"):
        texts = pages("eng_Latn" if label == "eng_Latn" else "deu_Latn", 30)
        write_jsonl(tmp_path / "ref" / f"{label}.jsonl", texts)
    job = job_of(tmp_path / "work", tmp_path / "ref", parents=True)
    tune_references(job, tmp_path / "out")
    configs = LanguageConfigs.load(tmp_path / "out")
    script = configs.files["_script/Latn"]
    assert script.provenance.reference == "deu_Latn, eng_Latn, nds_Latn"
    pooled, own = (x.threshold("newlines_per_word") for x in (script, configs.files["deu_Latn"]))
    assert pooled is not None
    assert own is not None
    assert pooled.max != LanguageConfigs.load("builtin").files["_default"].thresholds[13].max
    assert pooled.max == pytest.approx(own.max, abs=0.02)
    written = texts_of(tmp_path / "out")
    tune_references(job, tmp_path / "out")
    assert texts_of(tmp_path / "out") == written


def test_a_job_tunes_on_its_documents_and_on_references_and_resumes(
    small_input: Path, tmp_path: Path
) -> None:
    write_jsonl(tmp_path / "tha_Thai.jsonl", pages("tha_Thai", 30))
    tune = {"min_documents": 20, "reference": [str(tmp_path / "tha_Thai.jsonl")]}
    job = runs.job_of(small_input, tmp_path / "work", tune=tune)
    run(job)
    tuned = LanguageConfigs.load(tmp_path / "work" / layout.TUNED).files
    assert tuned["tha_Thai"].provenance.sources == {"reference": 30, "own": 4}
    assert "by 10tail on the reference" in tuned["tha_Thai"].provenance.method
    assert tuned["eng_Latn"].provenance.sources.keys() == {"own"}
    metrics = pq.read_table(tmp_path / "work" / "metrics" / "data", columns=["n_stopwords"])
    language = pq.read_table(tmp_path / "work" / "language" / "data", columns=["label"])
    thai = metrics.filter(pc.equal(language["label"], "tha_Thai"))["n_stopwords"]
    assert thai.null_count == 0
    told = Told()
    run(job, progress=told)
    assert told.begun == []
    verify(tmp_path / "work")


def test_files_that_are_gone_have_been_measured(reference: Path, tmp_path: Path) -> None:
    job = job_of(tmp_path / "work", reference)
    tune_references(job, tmp_path / "out")
    written = texts_of(tmp_path / "out")
    reference.rename(tmp_path / "away")
    told = Told()
    tune_references(job, tmp_path / "out", progress=told)
    assert texts_of(tmp_path / "out") == written
    assert "their statistics are kept" in told.said[0]
    with pytest.raises(InputError, match="at least one file"):
        tune_references(job_of(tmp_path / "work", tmp_path / "typo"), tmp_path / "out")


# ---- what is read --------------------------------------------------------------------------


def wet(path: Path, texts: Sequence[str]) -> Path:
    records = [
        conversion_record(f"http://x.example/{i}", text, ordinal=i + 1)
        for i, text in enumerate(texts)
    ]
    path.write_bytes(gzip_members(records))
    return path


def test_jsonl_parquet_and_wet_give_the_same_statistics(tmp_path: Path) -> None:
    texts = pages("rus_Cyrl", 30)
    write_jsonl(tmp_path / "a" / "rus_Cyrl.jsonl", texts)
    (tmp_path / "b").mkdir()
    pq.write_table(pa.table({"text": texts}), tmp_path / "b" / "rus_Cyrl.parquet")
    (tmp_path / "c").mkdir()
    wet(tmp_path / "c" / "rus_Cyrl.wet.gz", texts)
    found = []
    for name in "abc":
        work = tmp_path / f"work-{name}"
        tune_references(job_of(work, tmp_path / name), tmp_path / f"out-{name}")
        found.append(reference_summaries(Store(work)))
    assert found[0] == found[1] == found[2]
    assert found[0]["rus_Cyrl"]["mean_word_chars"].n == 30


def test_every_row_is_accounted_for(tmp_path: Path) -> None:
    good = pages("deu_Latn", 30)
    path = tmp_path / "deu_Latn.jsonl"
    write_jsonl(path, [*good, "Ja.", page_text("rus_Cyrl", 1), "\n".join([ENGLISH] * 4)])
    with path.open("a") as file:
        file.write('{"text": null}\n{"id": \n')
    work = tmp_path / "work"
    tune_references(job_of(work, path), tmp_path / "out")
    (receipt,) = load_receipts(Store(work), "reference")
    assert receipt.rows_in == 35
    assert receipt.rows_out == 30
    assert receipt.dropped == {"too_short": 1, "other_script": 1, "other_language": 1}
    assert receipt.quarantined == {"no_text": 1, "bad_json": 1}
    counts = reference_counts(Store(work))["deu_Latn"]
    assert (counts.n_in, counts.n_kept) == (35, 30)
    assert counts.removed_chars.keys() == {"eng_Latn"}
    notes = LanguageConfigs.load(tmp_path / "out").files["deu_Latn"].provenance.notes
    assert any(note.startswith("5 of 35 reference documents left out") for note in notes)
    assert any("removed as another language: eng_Latn" in note for note in notes)


def test_text_is_repaired_before_it_is_measured(tmp_path: Path) -> None:
    broken = [
        text.encode("utf-8").decode("cp1252", errors="replace")
        for text in ["schön und größer über die Brücke gehen " * 6] * 25
    ]
    write_jsonl(tmp_path / "deu_Latn.jsonl", broken)
    tune_references(job_of(tmp_path / "work", tmp_path / "deu_Latn.jsonl"), tmp_path / "out")
    assert "schön" in reference_words(Store(tmp_path / "work"))["deu_Latn"].counts


# ---- stop words ----------------------------------------------------------------------------

DAGBANI = (
    "Zaɣ maŋ li din be tiŋgbɔŋ ŋɔ ni nyɛla din mali yɛltɔɣa pam ka niriba zaa nya shɛm.",
    "Ninsala kam zaa mali soli ni o tum tuma n-ti o maŋa ka di niŋ vɛnyɛla n-ti o dɔɣim.",
    "Bɛ daa kana n-ti ti karim zaŋ kpa yɛlimaŋli ni zaligu din be Dagbɔŋ ni polo ŋɔ.",
    "Di ni niŋ shɛm ka tingbani ŋɔ mali buɣisibu ni bɛ yi niŋ li la bɛ ni tooi tum li.",
)


def half_english() -> Iterator[str]:
    lines = PATTERNS["eng_Latn"]
    for i in range(30):
        said = [line.format(a="bridge", b="it", n=i) for line in lines]
        english = [f"{said[(i + j) % 9]} {said[(i + j + 2) % 9]}" for j in range(3)]
        own = [DAGBANI[(i + j) % len(DAGBANI)] for j in range(3)]
        yield "\n".join(x for pair in zip(own, english, strict=True) for x in pair)


def test_a_small_wikipedia_half_in_english_has_no_english_stop_words(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "dag_Latn.jsonl", list(half_english()))
    out, work = tmp_path / "out", tmp_path / "work"
    tune_references(job_of(work, path), out)
    words = LanguageConfigs.load(out).files["dag_Latn"].stopwords
    assert not {"the", "of", "and", "to", "that"} & set(words)
    assert {"ni", "ka", "mali"} <= set(words)
    counts = reference_counts(Store(work))["dag_Latn"]
    assert 0.5 < counts.removed_chars["eng_Latn"] / counts.n_chars < 0.8


@pytest.mark.shared
@pytest.mark.skipif(not DECLARATIONS.exists(), reason=f"needs {DECLARATIONS.name} in ../shared")
def test_a_declaration_in_dagbani_with_paragraphs_in_english(tmp_path: Path) -> None:
    with gzip.open(DECLARATIONS) as file:
        declarations: dict[str, list[str]] = json.load(file)
    own, english = declarations["dag_Latn"], declarations["eng_Latn"]
    mixed = ["\n".join([*own[i : i + 3], *english[i : i + 3]]) for i in range(0, len(own), 3)]
    path = write_jsonl(tmp_path / "dag_Latn.jsonl", mixed)
    tune_references(job_of(tmp_path / "work", path), tmp_path / "out")
    words = LanguageConfigs.load(tmp_path / "out").files["dag_Latn"].stopwords
    assert not {"the", "of", "and", "to", "shall", "everyone"} & set(words)
    assert {"ni", "ka", "bɛ"} <= set(words)


def test_where_english_is_not_foreign_it_has(tmp_path: Path) -> None:
    # the counterpart of the test above: what it shows is due to the cleaning
    path = write_jsonl(tmp_path / "pcm_Latn.jsonl", list(half_english()))  # English is a relative
    tune_references(job_of(tmp_path / "work", path), tmp_path / "out")
    words = LanguageConfigs.load(tmp_path / "out").files["pcm_Latn"].stopwords
    assert {"the", "that", "and"} <= set(words)


def test_words_of_most_labels_of_a_script_are_told() -> None:
    lists = {
        "fra_Latn": Stopwords(("de", "la", "wikipedia")),
        "spa_Latn": Stopwords(("de", "la", "wikipedia")),
        "deu_Latn": Stopwords(("die", "wikipedia")),
        "tha_Thai": Stopwords(("ที่",)),
        "nod_Thai": Stopwords(("ที่",)),
    }
    assert shared_words(lists) == {"Latn": ("de", "la", "wikipedia")}
    del lists["deu_Latn"]
    assert shared_words(lists) == {}
