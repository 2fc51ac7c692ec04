from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from curate.config.builtin import builtin_folder
from curate.config.language import (
    THRESHOLD_METRICS,
    LanguageConfigs,
    Threshold,
    is_letters,
    range_of,
)
from curate.errors import ConfigError
from curate.metrics import METRICS

PROVENANCE = "provenance: {method: by hand, reference: none}\n"
DEFAULT = f"""\
label: _default
thresholds:
  - {{metric: lid_confidence, min: 0.3}}
  - {{metric: terminal_punct_line_fraction, min: 0.1}}
  - {{metric: mean_word_chars, min: 2, max: 20}}
{PROVENANCE}"""


def folder_of(root: Path, **files: str) -> Path:
    """A folder of configs; ``script__Thai`` becomes ``_script/Thai.yaml``."""
    (root / "_script").mkdir()
    for name, text in {"_default": DEFAULT, **files}.items():
        place = root / f"{name.replace('script__', '_script/')}.yaml"
        place.write_text(textwrap.dedent(text), encoding="utf-8")
    return root


def label_file(body: str, label: str = "tha_Thai") -> str:
    return f"label: {label}\n{textwrap.dedent(body)}\n{PROVENANCE}"


def error_of(root: Path, **files: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        LanguageConfigs.load(folder_of(root, **files))
    return caught.value


def rules(configs: LanguageConfigs, label: str) -> list[tuple[str, float | None, float | None]]:
    return [(t.metric, t.min, t.max) for t in configs.for_label(label).thresholds]


SCRIPT_THAI = f"""\
label: _script/Thai
thresholds:
  - {{metric: terminal_punct_line_fraction, inherit: false}}
  - {{metric: alpha_word_fraction, min: 0.9}}
{PROVENANCE}"""


def test_a_label_inherits_rule_by_rule_from_its_script_and_the_default(tmp_path: Path) -> None:
    own = label_file(
        """\
        stopwords: [ที่, และ]
        thresholds:
          - {metric: lid_confidence, min: 0.6}
          - {metric: n_stopwords, min: 2}
          - {metric: mean_word_chars, max: 9}
        """
    )
    configs = LanguageConfigs.load(folder_of(tmp_path, script__Thai=SCRIPT_THAI, tha_Thai=own))
    assert rules(configs, "tha_Thai") == [
        ("lid_confidence", 0.6, None),
        ("mean_word_chars", None, 9),
        ("alpha_word_fraction", 0.9, None),
        ("n_stopwords", 2, None),
    ]
    assert configs.for_label("tha_Thai").lid_threshold() == 0.6
    assert configs.layers("tha_Thai") == ("tha_Thai", "_script/Thai", "_default")
    assert configs.labels == ("tha_Thai",)


def test_a_label_without_a_file_has_its_scripts_config_and_then_the_default(
    tmp_path: Path,
) -> None:
    configs = LanguageConfigs.load(folder_of(tmp_path, script__Thai=SCRIPT_THAI))
    assert configs.for_label("nod_Thai").label == "nod_Thai"
    assert rules(configs, "nod_Thai") == [
        ("lid_confidence", 0.3, None),
        ("mean_word_chars", 2, 20),
        ("alpha_word_fraction", 0.9, None),
    ]
    assert configs.layers("fuf_Adlm") == ("_default",)
    assert [m for m, _, _ in rules(configs, "fuf_Adlm")] == [
        "lid_confidence",
        "terminal_punct_line_fraction",
        "mean_word_chars",
    ]


def test_thresholds_are_checked_in_one_order_whatever_the_files_say(tmp_path: Path) -> None:
    own = label_file(
        """\
        thresholds:
          - {metric: alpha_word_fraction, min: 0.5}
          - {metric: dup_line_fraction, max: 0.5}
        """
    )
    configs = LanguageConfigs.load(folder_of(tmp_path, tha_Thai=own))
    order = [t.metric for t in configs.for_label("tha_Thai").thresholds]
    assert order == sorted(order, key=THRESHOLD_METRICS.index)
    assert order[0] == "lid_confidence"


def test_an_unknown_metric_is_named_with_its_line(tmp_path: Path) -> None:
    own = label_file(
        "thresholds:\n  - {metric: lid_confidence, min: 0.5}\n  - {metric: mean_word_char, max: 9}"
    )
    error = error_of(tmp_path, tha_Thai=own)
    assert str(error) == (
        f"{tmp_path}/tha_Thai.yaml:4\n"
        "  wanted: the name of a metric\n"
        "  found:  `mean_word_char`\n"
        "  to do:  did you mean `mean_word_chars`?"
    )


def test_a_threshold_out_of_range_says_the_range(tmp_path: Path) -> None:
    own = label_file("thresholds:\n  - {metric: alpha_word_fraction, min: 1.2}")
    assert str(error_of(tmp_path, tha_Thai=own)) == (
        f"{tmp_path}/tha_Thai.yaml:3\n"
        "  wanted: a min of `alpha_word_fraction` from 0 to 1\n"
        "  found:  1.2\n"
        "  to do:  correct it; a rule is switched off by leaving it out, or by `inherit: false`"
    )


def test_a_label_cannot_escape_into_a_path(tmp_path: Path) -> None:
    own = f"label: ../../etc/passwd\n{PROVENANCE}"
    assert str(error_of(tmp_path, tha_Thai=own)) == (
        f"{tmp_path}/tha_Thai.yaml:1\n"
        "  wanted: a label: ISO 639-3, '_', ISO 15924, such as fra_Latn or cmn_Hani\n"
        "  found:  '../../etc/passwd'\n"
        "  to do:  correct the label; a file has the name of its label"
    )


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        pytest.param("{metric: n_words}", "a min or a max", id="neither"),
        pytest.param("{metric: n_words, min: 3, inherit: false}", "and neither", id="both-ways"),
        pytest.param("{metric: n_words, min: 9, max: 3}", "at most its max", id="min-above-max"),
        pytest.param("{metric: n_words, min: 0}", "can break", id="zero-is-no-off"),
        pytest.param("{metric: n_words, min: -1}", "from 0 on", id="minus-one-is-no-off"),
        pytest.param("{metric: dup_line_fraction, max: 1}", "can break", id="one-never-fires"),
        pytest.param("{metric: lid_confidence, min: 1.5}", "from 0 to 1", id="lid-range"),
        pytest.param("{metric: lid_confidence, max: 0.5}", "a min of", id="lid-has-no-max"),
        pytest.param("{metric: n_words, min: .inf}", "finite", id="infinite"),
        pytest.param("{metric: n_words, min: '50'}", "a valid number", id="text"),
        pytest.param("{metric: n_words, mim: 50}", "a key of `thresholds[0]`", id="unknown-key"),
        pytest.param(
            "{metric: n_words, off: true}", "keys that are text", id="off-is-a-boolean-to-yaml"
        ),
    ],
)
def test_a_rule_that_says_nothing_or_nonsense_is_refused(
    tmp_path: Path, rule: str, wanted: str
) -> None:
    error = error_of(tmp_path, tha_Thai=label_file(f"thresholds:\n  - {rule}"))
    assert error.where == f"{tmp_path}/tha_Thai.yaml:3"
    assert wanted in error.wanted


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("[และ, '،']", "'،'", id="punctuation"),
        pytest.param("[2024年]", "'2024年'", id="digits"),
        pytest.param('["l\'"]', '"l\'"', id="elision"),
        pytest.param("[Und]", "'Und'", id="capital"),
        pytest.param('["e\\u0301t"]', repr("e\u0301t"), id="not-nfc"),
        pytest.param("[de, la, de]", "'de' twice", id="twice"),
        pytest.param("['']", "''", id="empty"),
    ],
)
def test_stop_words_are_folded_words_of_letters(tmp_path: Path, words: str, found: str) -> None:
    error = error_of(tmp_path, tha_Thai=label_file(f"stopwords: {words}"))
    assert error.where == f"{tmp_path}/tha_Thai.yaml:2"
    assert error.found == found


def test_letters_of_every_script_are_letters() -> None:
    for word in ("ที่", "है", "在", "في", "𞤀𞤣𞤤𞤢𞤥", "𐌰𐌽𐌳", "می\u200cشود"):
        assert is_letters(word)
    for word in ("", "·", "\u200b", "\u200cx", "ि", "a1", "de la"):
        assert not is_letters(word)


def test_lid_confidence_comes_first(tmp_path: Path) -> None:
    own = label_file(
        "thresholds:\n  - {metric: n_words, min: 9}\n  - {metric: lid_confidence, min: 0.5}"
    )
    assert "first" in error_of(tmp_path, tha_Thai=own).wanted


def test_a_metric_has_one_rule(tmp_path: Path) -> None:
    own = label_file("thresholds:\n  - {metric: n_words, min: 9}\n  - {metric: n_words, max: 99}")
    assert "`n_words` twice" in error_of(tmp_path, tha_Thai=own).found


def test_a_stop_word_rule_without_stop_words_is_refused(tmp_path: Path) -> None:
    error = error_of(tmp_path, tha_Thai=label_file("thresholds: [{metric: n_stopwords, min: 2}]"))
    assert "not measured" in error.found


@pytest.mark.parametrize(
    ("name", "label"), [("tha_Thai", "lao_Laoo"), ("notes", "tha_Thai"), ("_defaults", "_default")]
)
def test_a_file_is_called_as_its_label(tmp_path: Path, name: str, label: str) -> None:
    error = error_of(tmp_path, **{name: label_file("", label=label)})
    assert error.where == f"{tmp_path}/{name}.yaml:1"
    assert error.found == f"`label: {label}`"


def test_a_folder_needs_a_default_and_endings_that_are_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such folder"):
        LanguageConfigs.load(tmp_path / "none")
    with pytest.raises(ConfigError, match=r"_default\.yaml"):
        LanguageConfigs.load(tmp_path)
    folder_of(tmp_path)
    (tmp_path / "fra_Latn.yml").write_text("label: fra_Latn")
    with pytest.raises(ConfigError, match="rename it"):
        LanguageConfigs.load(tmp_path)


def test_provenance_is_required(tmp_path: Path) -> None:
    assert error_of(tmp_path, tha_Thai="label: tha_Thai\n").todo == "add `provenance`"


@pytest.mark.parametrize("label", ["../x", "tha", "tha_Thai/..", "", "_default"])
def test_only_labels_are_looked_up(tmp_path: Path, label: str) -> None:
    configs = LanguageConfigs.load(folder_of(tmp_path))
    with pytest.raises(ConfigError):
        configs.for_label(label)


def test_each_fingerprint_sees_its_aspect_alone(tmp_path: Path) -> None:
    body = (
        "stopwords: [ที่, และ]\nthresholds:\n"
        "  - {metric: lid_confidence, min: 0.6}\n  - {metric: n_words, min: 40}\n"
    )
    changes = {
        "why": body.replace("min: 40", "min: 40, why: because"),
        "words": body.replace("[ที่, และ]", "[ที่, ของ]"),
        "order": body.replace("[ที่, และ]", "[และ, ที่]"),
        "rule": body.replace("min: 40", "min: 41"),
        "lid": body.replace("0.6", "0.61"),
    }
    marks = {}
    for name, text in {"plain": body, **changes}.items():
        root = tmp_path / name
        root.mkdir()
        configs = LanguageConfigs.load(folder_of(root, tha_Thai=label_file(text)))
        marks[name] = [configs.fingerprint(a) for a in ("lid", "stopwords", "thresholds")]
    differs = {
        name: [a != b for a, b in zip(marks["plain"], marks[name], strict=True)] for name in changes
    }
    assert differs == {
        "why": [False, False, False],
        "words": [False, True, False],
        "order": [False, False, False],
        "rule": [False, False, True],
        "lid": [True, False, True],
    }


def test_ranges_are_those_of_the_metrics() -> None:
    assert range_of("lid_confidence") == (0.0, 1.0)
    for name, metric in METRICS.items():
        assert range_of(name) == (metric.lowest, metric.highest)
    assert Threshold(metric="n_words", min=50.0).max is None


def test_the_builtin_folders_are_beside_the_package_in_a_checkout() -> None:
    root = Path(__file__).parents[2]
    assert builtin_folder("language_configs") == root / "language_configs"
    assert builtin_folder("jobs") == root / "jobs"
