"""What other thresholds would change: the numbers are those that deciding and publishing give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from curate.ask.changed_sides import Movers
from curate.ask.compare import under
from curate.ask.decide_again import labels_in
from curate.ask.expected_yield import expected_yields
from curate.ask.rerun import load_recorded, report_again
from curate.ask.whatif import WhatIf, what_if
from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs, Threshold
from curate.config.override import override, parse_override
from curate.errors import ConfigError, CurateError, InputError
from curate.io.store import Store
from curate.pipeline.decide.outcomes import decided_outcomes
from curate.report.change import reason_table, total
from curate.tune.config_yaml import to_yaml
from curate.work.configs import configs_in_use
from tests.looking import decide, document_tables, kept_engine, publish, published, run, totals
from tests.runs import attempts_of, corpus_of, job_of


def ask(work: Path, *changes: str, labels: tuple[str, ...] = (), n: int = 10) -> WhatIf:
    store, job = Store(work), load_recorded(str(work))
    before = configs_in_use(store, job)
    return what_if(store, job, before, [tried(work, *changes, labels=labels)], labels=labels, n=n)


def tried(work: Path, *changes: str, labels: tuple[str, ...] = ()) -> LanguageConfigs:
    store, job = Store(work), load_recorded(str(work))
    parsed = [parse_override(change) for change in changes]
    return override(configs_in_use(store, job), labels or labels_in(store), parsed)


def written(configs: LanguageConfigs, folder: Path) -> Path:
    """The same configs as a folder of files."""
    (folder / "_script").mkdir(parents=True)
    for name, config in configs.files.items():
        (folder / f"{name}.yaml").write_text(to_yaml(config), encoding="utf-8")
    return folder


CHANGES = (
    pytest.param(["n_words.min=150"], id="stricter"),
    pytest.param(
        ["dup_line_fraction=off", "top_2gram_char_fraction=off", "n_words=off"], id="laxer"
    ),
    pytest.param(["n_words.min=142", "n_words.max=190"], id="in the middle of clusters"),
    pytest.param(["mean_word_chars.max=4.5", "n_stopwords=off"], id="some languages alone"),
    pytest.param(["n_chars.min=1000000"], id="nothing is left"),
    pytest.param(["n_chars.max=900"], id="a metric that had no rule"),
)


@pytest.mark.parametrize("compat", [None, "fineweb2"])
@pytest.mark.parametrize("changes", CHANGES)
def test_the_numbers_are_those_of_select_and_emit(
    changes: list[str], compat: str | None, small_input: Path, finished: Path, tmp_path: Path
) -> None:
    if compat:
        finished = tmp_path / "compat"
        run(job_of(small_input, finished, compat=compat))
    before, corpus = attempts_of(finished), corpus_of(finished)
    found = ask(finished, *changes)
    assert (attempts_of(finished), corpus_of(finished)) == (before, corpus), "it wrote"
    assert found.notes == ()
    assert found.before == decided_outcomes(Store(finished))
    configs = written(tried(finished, *changes), tmp_path / "configs")
    decide(finished, configs)
    assert found.after[0] == decided_outcomes(Store(finished))
    publish(finished)
    assert total(found.after[0]).documents == totals(finished)["published"]
    tables = [t for s in ("train", "test") for t in published(finished, subset=s).values()]
    assert total(found.after[0]).repeated == sum(sum(t["weight"].to_pylist()) for t in tables)
    chars = sum(len(text) for t in tables for text in t["text"].to_pylist())
    assert total(found.after[0]).chars == chars
    assert found.before != found.after[0]


def test_screens_come_before_thresholds_as_in_select(small_input: Path, tmp_path: Path) -> None:
    (tmp_path / "hosts.txt").write_text("tha.example.org\nrus.example.org\n", encoding="utf-8")
    work = tmp_path / "work"
    run(job_of(small_input, work, urls={"domains": [str(tmp_path / "hosts.txt")]}))
    found = ask(work, "n_words.min=180")
    assert total(found.before, "url_filter").documents == 7
    configs = written(tried(work, "n_words.min=180"), tmp_path / "configs")
    decide(work, configs)
    assert found.after[0] == decided_outcomes(Store(work))


def test_a_job_that_tuned_itself_is_asked_about_what_it_tuned(
    small_input: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    run(job_of(small_input, work, tune={"min_documents": 20}))
    found = ask(work)
    assert found.after[0] == found.before
    configs = configs_in_use(Store(work), load_recorded(str(work)))
    assert "documents of job small" in configs.files["eng_Latn"].provenance.reference


def test_one_label_is_counted_as_among_all(finished: Path) -> None:
    changes = ("n_words.min=150",)
    every = ask(finished, *changes)
    for label in labels_in(Store(finished)):
        alone = ask(finished, *changes, labels=(label,))
        assert alone.before == {label: every.before[label]}
        assert alone.after[0] == {label: every.after[0][label]}


def test_variants_are_counted_each_by_itself(finished: Path) -> None:
    store, job = Store(finished), load_recorded(str(finished))
    before = configs_in_use(store, job)
    asked = [["n_words.min=150"], ["n_lines.min=2"], []]
    together = what_if(store, job, before, [tried(finished, *changes) for changes in asked])
    assert list(together.after) == [ask(finished, *changes).after[0] for changes in asked]
    assert together.after[2] == together.before


def test_those_that_change_sides_are_those_that_do(finished: Path, tmp_path: Path) -> None:
    changes = ("n_words.min=142", "n_words.max=190", "dup_line_fraction=off")
    found = ask(finished, *changes, n=1000)
    was = {row["id"]: row for row in document_tables(finished)}
    configs = written(tried(finished, *changes), tmp_path / "configs")
    decide(finished, configs)
    now = {row["id"]: row for row in document_tables(finished)}
    gone = {k for k in now if not was[k]["removal_reason"] and now[k]["removal_reason"]}
    came = {k for k in now if was[k]["removal_reason"] and not now[k]["removal_reason"]}
    assert {x.columns["id"] for x in found.lost} == gone
    assert {x.columns["id"] for x in found.gained} == came
    assert (found.n_lost, found.n_gained) == (len(gone), len(came))
    for document in (*found.lost, *found.gained):
        key = document.columns["id"]
        assert document.was == (was[key]["removal_reason"] or "")
        assert document.now == (now[key]["removal_reason"] or "")
        assert now[key]["text"].startswith(document.columns["text"])


def test_ten_of_both_kinds_are_shown_and_the_same_ones_again(finished: Path) -> None:
    changes = ("n_words.min=150", "n_words.max=160")
    first, again = ask(finished, *changes), ask(finished, *changes)
    assert first == again
    assert len(first.lost) + len(first.gained) == 10
    store, job = Store(finished), load_recorded(str(finished))
    before = configs_in_use(store, job)
    other = what_if(store, job, before, [tried(finished, *changes)], seed=1)
    assert other.after == first.after
    assert other.lost != first.lost


@pytest.mark.parametrize(
    ("n_lost", "n_gained", "shown"), [(9, 9, (5, 5)), (2, 9, (2, 8)), (9, 0, (9, 0))]
)
def test_a_sample_is_spread_over_both_directions(
    n_lost: int, n_gained: int, shown: tuple[int, int]
) -> None:
    movers = Movers(10, seed=0)
    rows = np.arange(n_lost + n_gained)
    was = (rows >= n_lost).astype(np.int64)
    movers.add(0, rows, was, 1 - was)
    lost, gained = movers.sample()
    assert (len(lost), len(gained)) == shown
    assert all(mover.row < n_lost for mover in lost)


def test_an_lid_threshold_is_an_estimate_and_says_so(finished: Path) -> None:
    found = ask(finished, "lid_confidence.min=0.95")
    assert "clusters again" in found.notes[0]
    assert total(found.after[0], "lid_confidence").documents > 1
    documents = sum(n.documents for x in found.after[0].values() for n in x.values())
    assert documents == sum(n.documents for x in found.before.values() for n in x.values())
    back = ask(finished, "lid_confidence=off")
    assert total(back.after[0], "lid_confidence").documents == sum(
        row["label"] == "zxx_Zxxx" or row["lid_confidence"] is None
        for row in document_tables(finished)
    )


def test_new_stop_words_are_not_known_and_predict_nothing(
    small_input: Path, tmp_path: Path
) -> None:
    base = LanguageConfigs.load(builtin_folder("language_configs"))
    rule = Threshold(metric="n_stopwords", min=2)
    without, with_words = dict(base.files), dict(base.files)
    config = base.for_label("deu_Latn")
    rules = tuple(t for t in config.thresholds if t.metric != "n_stopwords")
    without["deu_Latn"] = config.model_copy(update={"stopwords": (), "thresholds": rules})
    with_words["deu_Latn"] = config.model_copy(update={"thresholds": (*rules, rule)})
    before, after = LanguageConfigs(without), LanguageConfigs(with_words)
    work = tmp_path / "work"
    run(job_of(small_input, work, language_configs=str(written(before, tmp_path / "before"))))
    store, job = Store(work), load_recorded(str(work))
    found = what_if(store, job, before, [after], labels=("deu_Latn",))
    assert found.after[0] == found.before
    assert total(found.before).documents > 0
    assert "not known until annotate runs" in found.notes[0]
    expected = expected_yields(store, job, before, after, labels=("deu_Latn",))
    assert all("not known" in said for said, _ in expected.effects["deu_Latn"][:1])
    assert all(kept == expected.before["deu_Latn"] for _, kept in expected.effects["deu_Latn"])
    folder = written(after, tmp_path / "after")
    data = report_again(job, configs=str(folder), engine=kept_engine()).data
    assert data is not None
    other = under(data, store, after, folder)
    assert "n_stopwords of deu_Latn not known until annotate runs" in other.title
    assert {y.label: y.outcomes for y in other.yields} == {y.label: y.outcomes for y in data.yields}
    assert {y.label: y.n_words for y in other.yields} == {y.label: y.n_words for y in data.yields}
    assert {y.label: y.n_passing for y in other.yields} == {
        y.label: y.n_passing for y in data.yields
    }


def test_other_stop_words_are_an_estimate_and_say_so(finished: Path) -> None:
    store, job = Store(finished), load_recorded(str(finished))
    before = configs_in_use(store, job)
    config = before.for_label("deu_Latn").model_copy(update={"stopwords": ("zzz", "yyy")})
    after = LanguageConfigs({**before.files, "deu_Latn": config})
    found = what_if(store, job, before, [after])
    assert "stop words of deu_Latn" in found.notes[0]


def test_switching_a_rule_off_brings_no_parents_rule_back(finished: Path) -> None:
    before = LanguageConfigs.load(builtin_folder("language_configs"))
    after = override(before, ["deu_Latn", "tha_Thai"], [parse_override("n_words.min=off")])
    for label in ("deu_Latn", "tha_Thai"):
        old, new = before.for_label(label), after.for_label(label)
        changed = {t.metric for t in old.thresholds} ^ {t.metric for t in new.thresholds}
        assert changed <= {"n_words"}
        assert [t for t in old.thresholds if t.metric != "n_words"] == [
            t for t in new.thresholds if t.metric != "n_words"
        ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("mean_word_char.max=12", "did you mean `mean_word_chars`?"),
        ("mean_word_chars.max=twelve", "wanted: a number"),
        ("mean_word_chars=12", "METRIC.min=NUMBER"),
        ("mean_word_chars.most=12", "METRIC.min=NUMBER"),
        ("mean_word_chars.max", "METRIC.min=NUMBER"),
    ],
)
def test_a_change_that_cannot_be_read(change: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_override(change)
    assert f"--set {change}" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("top_2gram_char_fraction.max=-1", "--set top_2gram_char_fraction.max=-1 for deu_Latn"),
        ("dup_line_fraction.max=1", "every document keeps"),
        ("n_words.min=1000000", "at most its max"),
        ("lid_confidence.max=0.9", "alone"),
    ],
)
def test_a_change_that_makes_no_sense(change: str, said: str, finished: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        tried(finished, change, labels=("deu_Latn",))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("label", "error", "said"),
    [
        ("deu_Ltn", InputError, "did you mean `deu_Latn`"),
        ("fra_Latn", InputError, "no document of fra_Latn"),
        ("Français", ConfigError, "ISO 639-3"),
    ],
)
def test_a_label_that_is_not_there(
    label: str, error: type[CurateError], said: str, finished: Path
) -> None:
    store, job = Store(finished), load_recorded(str(finished))
    configs = configs_in_use(store, job)
    with pytest.raises(error) as caught:
        what_if(store, job, configs, [configs], labels=[label])
    assert said in str(caught.value)


def test_the_table_of_reasons_adds_up(finished: Path) -> None:
    found = ask(finished, "n_words.min=150")
    rows = reason_table(found.before, found.after[0]).splitlines()[2:]
    numbers = [[int(x.replace(",", "")) for x in row.split()[1:4]] for row in rows]
    assert sum(row[0] for row in numbers) == sum(row[1] for row in numbers)
    assert all(after - before == change for before, after, change in numbers)
