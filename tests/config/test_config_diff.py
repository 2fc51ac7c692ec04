"""What differs between two sets of configs, in words."""

from __future__ import annotations

import shutil
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from curate.config.builtin import builtin_folder
from curate.config.diff import (
    RuleChange,
    diff_config,
    diff_configs,
    load_sides,
    names_of,
)
from curate.config.language import LanguageConfig, LanguageConfigs, Provenance, Threshold
from curate.config.override import override, parse_override
from curate.errors import ConfigError

MADE_UP = Provenance(method="by hand", reference="none")


def threshold(low: float | None, high: float | None) -> Threshold | None:
    if low is None and high is None:
        return None
    return Threshold(metric="mean_word_chars", min=low, max=high)


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((None, 11), (None, 12), "at most 12 instead of 11 (laxer)"),
        ((None, 12), (None, 11), "at most 11 instead of 12 (stricter)"),
        ((3, None), (2, None), "at least 2 instead of 3 (laxer)"),
        ((3, 11), (3, 12), "at most 12 instead of 11 (laxer)"),
        ((3, 11), (4, 11), "at least 4 instead of 3 (stricter)"),
        ((3, 11), (4, 12), "from 4 to 12 instead of from 3 to 11"),
        ((3, 11), (None, 11), "at most 11 instead of from 3 to 11 (laxer)"),
        ((None, 11), (3, None), "at least 3 instead of at most 11"),
        ((None, None), (3, 11), "from 3 to 11, a new rule"),
        ((None, 11), (None, None), "no longer a rule, was at most 11"),
    ],
)
def test_a_change_of_bounds_in_words(
    before: tuple[float | None, float | None],
    after: tuple[float | None, float | None],
    words: str,
) -> None:
    change = RuleChange("mean_word_chars", threshold(*before), threshold(*after))
    assert str(change) == f"mean_word_chars {words}"


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """A copy of the shipped language configs which a test may change."""
    return Path(shutil.copytree(builtin_folder("language_configs"), tmp_path / "configs"))


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\nprovenance: {{method: by hand, reference: none}}\n", encoding="utf-8")
    return path


def folder(root: Path, **files: str) -> str:
    for name, text in {"_default": "label: _default\nthresholds: []", **files}.items():
        write(root / f"{name.replace('__', '_script/')}.yaml", text)
    return str(root)


def test_stop_words_and_sources_are_compared_in_every_script(tmp_path: Path) -> None:
    before = folder(tmp_path / "a", hin_Deva="label: hin_Deva\nstopwords: [के, और]")
    after = folder(tmp_path / "b", hin_Deva="label: hin_Deva\nstopwords: [और, 𞤢𞤣, ที่]")
    sides = load_sides(before, after)
    (_, change) = diff_configs(sides.before, sides.after, sides.names)
    assert change.lines() == ["stop words new: 𞤢𞤣 ที่", "stop words gone: के"]
    assert change.decides
    assert change.source == ""


def test_what_a_label_inherits_is_taken_into_account(tmp_path: Path) -> None:
    rule = "thresholds: [{{metric: n_words, min: {}}}]"
    off = "thresholds: [{metric: n_words, inherit: false}]"
    before = folder(
        tmp_path / "a",
        _default=f"label: _default\n{rule.format(50)}",
        tha_Thai=f"label: tha_Thai\n{off}",
        fra_Latn=f"label: fra_Latn\n{rule.format(60)}",
        deu_Latn="label: deu_Latn",
    )
    after = folder(
        tmp_path / "b",
        _default=f"label: _default\n{rule.format(70)}",
        __Latn=f"label: _script/Latn\n{rule.format(80)}",
        tha_Thai=f"label: tha_Thai\n{off}",
        fra_Latn=f"label: fra_Latn\n{rule.format(60)}",
    )
    sides = load_sides(before, after)
    assert sides.names == ("_default", "_script/Latn", "deu_Latn", "fra_Latn", "tha_Thai")
    found = {c.name: c.lines() for c in diff_configs(sides.before, sides.after, sides.names)}
    assert found == {
        "_default": ["n_words at least 70 instead of 50 (stricter)"],
        "_script/Latn": ["n_words at least 80 instead of 50 (stricter)"],
        "deu_Latn": ["n_words at least 80 instead of 50 (stricter)"],
        "fra_Latn": [],
        "tha_Thai": [],
    }


def test_a_file_inherits_from_its_folder_or_from_the_other_side(
    configs: Path, tmp_path: Path
) -> None:
    rule = "label: fra_Latn\nthresholds: [{metric: mean_word_chars, max: 12}]"
    alone = write(tmp_path / "saved" / "fra_Latn.yaml", rule)
    sides = load_sides(str(configs), str(alone))
    assert sides.names == ("fra_Latn",)
    assert sides.is_files
    (change,) = diff_configs(sides.before, sides.after, sides.names)
    before = sides.before.for_label("fra_Latn")
    assert {rule.metric for rule in change.rules} <= {t.metric for t in before.thresholds}
    assert sides.after.for_label("fra_Latn").threshold("n_words") is not None, "inherited"
    same = load_sides(str(configs / "fra_Latn.yaml"), str(configs))
    (change,) = diff_configs(same.before, same.after, same.names)
    assert not change.decides
    script = load_sides(str(configs / "_script" / "Thai.yaml"), "builtin")
    assert script.names == ("_script/Thai",)


def test_the_shipped_folder_does_not_differ_from_itself(configs: Path) -> None:
    sides = load_sides("builtin", str(configs))
    changes = diff_configs(sides.before, sides.after, sides.names)
    assert len(changes) == len(sides.before.files)
    assert not any(change.decides or change.source for change in changes)


@pytest.mark.parametrize(("name", "said"), [("built-in", "`builtin`"), ("nowhere", "correct")])
def test_what_is_neither_folder_nor_file(name: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_sides("builtin", name)
    assert said in caught.value.todo


def test_a_file_of_another_label_than_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "fra_Latn.yaml", "label: deu_Latn")
    with pytest.raises(ConfigError, match="as the file is called"):
        load_sides("builtin", str(path))


# ---- overrides -----------------------------------------------------------------------------

SHIPPED = LanguageConfigs.load(builtin_folder("language_configs"))
settings = st.sampled_from(
    (
        "n_words.min=70",
        "n_words=off",
        "mean_word_chars.max=off",
        "mean_word_chars.max=15",
        "terminal_punct_line_fraction.min=0.3",
        "terminal_punct_line_fraction=off",
        "n_lines.min=2",
        "lid_confidence.min=0.5",
        "lid_confidence=off",
    )
)


@given(st.lists(settings, max_size=4), st.sampled_from(names_of(SHIPPED)[12:]))
def test_an_override_changes_what_it_names_and_nothing_else(changes: list[str], label: str) -> None:
    parsed = [parse_override(change) for change in changes]
    after = override(SHIPPED, [label], parsed)
    change = diff_config(SHIPPED.for_label(label), after.for_label(label))
    assert {rule.metric for rule in change.rules} <= {found.metric for found in parsed}
    assert not change.words_new
    assert not change.words_gone
    for metric in {found.metric for found in parsed}:
        wanted: dict[str, float | None] = {"min": None, "max": None}
        if (old := SHIPPED.for_label(label).threshold(metric)) is not None:
            wanted = {"min": old.min, "max": old.max}
        for found in parsed:
            if found.metric == metric:
                wanted |= dict.fromkeys(found.bounds, found.value)
        new = after.for_label(label).threshold(metric)
        assert wanted == ({"min": new.min, "max": new.max} if new else dict.fromkeys(wanted))
    others = [name for name in SHIPPED.labels if name != label]
    assert all(after.for_label(x) == SHIPPED.for_label(x) for x in others)


def test_no_rule_on_stop_words_without_any() -> None:
    bare = LanguageConfigs({"_default": LanguageConfig(label="_default", provenance=MADE_UP)})
    with pytest.raises(ConfigError, match="with stop words"):
        override(bare, ["fra_Latn"], [parse_override("n_stopwords.min=2")])
