"""FineWeb2's configs: what each value becomes, and that nothing is lost on the way and back."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from curate.config.language import LanguageConfig, LanguageConfigs
from curate.config.load import load_yaml
from curate.config.of_fineweb2.export import Exported, export_config, to_yaml
from curate.config.of_fineweb2.form import COMMON, Kind, Published, common_config, parse
from curate.config.of_fineweb2.take_in import Imported, import_config
from curate.errors import ConfigError

ARCHIVE = Path(__file__).parents[2] / ".." / "shared" / "data" / "fineweb2_configs.tar.gz"

VALUES: dict[str, Any] = {
    "dup_line_frac": 0.264,
    "dup_n_grams": [[5, 0.15], [6, 0.141], [7, 0.131], [8, 0.121], [9, 0.111], [10, 0.1]],
    "language_score": 0.824,
    "line_punct_thr": 0.1,
    "max_avg_word_length": 11,
    "max_non_alpha_words_ratio": 0.812,
    "min_avg_word_length": 2,
    "new_line_ratio": 0.185,
    "stopwords": ["de", "la", "और", "ที่"],
    "top_n_grams": [[2, 0.161], [3, 0.149], [4, 0.134]],
}


def imported(**changes: Any) -> Imported:  # noqa: ANN401 - values of YAML
    published = Published.model_validate({**VALUES, **changes})
    return import_config(
        "fra_Latn", published, source="fra_Latn.yml", where="fra_Latn.yml", positions={}
    )


def read(path: Path) -> tuple[Published, Imported]:
    data, positions = load_yaml(path)
    published = parse(data, positions, str(path))
    return published, import_config(
        path.stem, published, source=path.name, where=str(path), positions=positions
    )


def exported(config: LanguageConfig) -> Exported:
    return export_config(config, where=f"{config.label}.yaml")


def bounds(config: LanguageConfig, metric: str) -> tuple[float | None, float | None]:
    found = config.threshold(metric)
    return (None, None) if found is None else (found.min, found.max)


def resolved(config: LanguageConfig) -> LanguageConfig:
    files = {"_default": common_config(), config.label: config}
    return LanguageConfigs(files).for_label(config.label)


def test_every_key_becomes_a_threshold() -> None:
    config, findings = imported()
    assert findings == ()
    expected = {
        "lid_confidence": (0.824, None),
        "dup_line_fraction": (None, 0.264),
        "top_2gram_char_fraction": (None, 0.161),
        "top_4gram_char_fraction": (None, 0.134),
        "dup_5gram_char_fraction": (None, 0.15),
        "dup_10gram_char_fraction": (None, 0.1),
        "fineweb2_terminal_punct_line_fraction": (0.1, None),
        "newlines_per_word": (None, 0.185),
        "mean_word_chars": (2, 11),
        "alpha_word_fraction": (0.812, None),
        "n_stopwords": (2, None),
    }
    assert {metric: bounds(config, metric) for metric in expected} == expected
    assert config.stopwords == ("de", "la", "और", "ที่")
    assert "ODC-By" in config.provenance.reference


def test_what_is_the_same_for_all_is_in_the_parent() -> None:
    config = resolved(imported().config)
    assert bounds(config, "n_words") == (50, 100_000)
    assert bounds(config, "dup_nonblank_line_char_fraction") == (None, 0.1)
    # rules that FineWeb2 has off
    for metric in ("short_line_fraction", "dup_paragraph_fraction", "dup_line_char_fraction"):
        assert bounds(config, metric) == (None, None)
    assert len(config.thresholds) == 16 + len(COMMON)


@pytest.mark.parametrize(
    ("key", "value", "metric", "kind"),
    [
        ("line_punct_thr", -1, "fineweb2_terminal_punct_line_fraction", Kind.OFF),
        ("line_punct_thr", 0.0, "fineweb2_terminal_punct_line_fraction", Kind.NEVER),
        ("dup_line_frac", 0, "dup_line_fraction", Kind.OFF),
        ("dup_line_frac", 1.32, "dup_line_fraction", Kind.NEVER),
        ("max_non_alpha_words_ratio", 0, "alpha_word_fraction", Kind.OFF),
        ("top_n_grams", [[2, 3.2]], "top_2gram_char_fraction", Kind.NEVER),
        ("top_n_grams", [[2, 999]], "top_2gram_char_fraction", Kind.OFF),
        ("dup_n_grams", [[5, 1.076]], "dup_5gram_char_fraction", Kind.NEVER),
        ("dup_n_grams", [[4, 0.1]], "dup_5gram_char_fraction", Kind.NO_METRIC),
        ("new_line_ratio", 999, "newlines_per_word", Kind.OFF),
    ],
)
def test_limits_that_are_none_are_left_out_and_said(
    key: str, value: object, metric: str, kind: Kind
) -> None:
    config, findings = imported(**{key: value})
    assert bounds(config, metric) == (None, None)
    assert [finding.kind for finding in findings] == [kind]
    assert any(kind.value in note for note in config.provenance.notes)


def test_limits_that_hardly_fire_stay() -> None:
    config, (finding,) = imported(top_n_grams=[[2, 1.287]])
    assert bounds(config, "top_2gram_char_fraction") == (None, 1.287)
    assert finding.kind is Kind.RARE


@pytest.mark.parametrize(("least", "kind"), [(0, Kind.OFF), (1, Kind.NEVER)])
def test_a_mean_length_may_lack_its_minimum(least: int, kind: Kind) -> None:
    config, (finding,) = imported(min_avg_word_length=least)
    assert bounds(config, "mean_word_chars") == (None, 11)
    assert finding.kind is kind


def test_a_zero_that_is_meant_stays() -> None:
    config, findings = imported(dup_n_grams=[[10, 0]], new_line_ratio=0.0)
    assert bounds(config, "dup_10gram_char_fraction") == (None, 0)
    assert bounds(config, "newlines_per_word") == (None, 0)
    assert findings == ()


def test_stop_words_are_words() -> None:
    words = ["،", "في", "l'", "De", "de", "12", "na’atube", "г.", "e\u0301", "𞤫𞤲"]
    config, findings = imported(stopwords=words)
    assert config.stopwords == ("في", "de", "é", "𞤫𞤲")
    said = {finding.value: finding.kind for finding in findings if finding.kind is not Kind.FEW}
    assert said == {
        "،": Kind.NO_LETTER,
        "l'": Kind.UNMATCHED,
        "De → de": Kind.RESPELT,
        "de": Kind.SAME,
        "12": Kind.NO_LETTER,
        "na’atube": Kind.INSIDE,
        "г.": Kind.UNMATCHED,
        "e\u0301 → é": Kind.RESPELT,
    }


def test_too_few_stop_words_make_no_rule() -> None:
    config, findings = imported(stopwords=["·", "¿", "de"])
    assert bounds(config, "n_stopwords") == (None, None)
    assert findings[-1].kind is Kind.STOPWORD_RULE
    assert resolved(config).stopwords == ("de",)


@pytest.mark.parametrize(
    ("change", "wanted", "found"),
    [
        ({"language_score": "0.8"}, "number", "0.8"),
        ({"dup_line_frac": None}, "number", "null"),
        ({"stopwords": "de la"}, "tuple", "de la"),
        ({"stopwords": []}, "at least 2 stop words", "every document would be dropped"),
        ({"top_n_grams": [[2, 0.1], [2, 0.2]]}, "each once", "2, 2"),
        ({"language_score": 1.5}, "that some document satisfies", "1.5"),
        ({"dup_line_frac": -0.1}, "that some document satisfies", "-0.1"),
        ({"new_line_ratio": float("nan")}, "number", "nan"),
        ({"min_avg_word_length": 12}, "at most", "12 and 11"),
        ({"something": 1}, "something", "something"),
    ],
)
def test_a_wrong_file_is_refused(
    change: dict[str, object], wanted: str, found: str, tmp_path: Path
) -> None:
    path = tmp_path / "fra_Latn.yml"
    path.write_text(yaml.safe_dump({**VALUES, **change}))
    with pytest.raises(ConfigError) as caught:
        read(path)
    assert "fra_Latn.yml" in str(caught.value)
    assert wanted in str(caught.value)
    assert found in str(caught.value)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fra_Latn.yml"
    path.write_text(yaml.safe_dump({k: v for k, v in VALUES.items() if k != "new_line_ratio"}))
    with pytest.raises(ConfigError, match="new_line_ratio"):
        read(path)


SHARE = st.floats(0, 2, allow_nan=False).map(lambda value: round(value, 3))
PUBLISHED = st.fixed_dictionaries(
    {
        "dup_line_frac": SHARE,
        "dup_n_grams": st.tuples(*(st.tuples(st.just(n), SHARE) for n in range(5, 11))),
        "language_score": st.floats(0, 1).map(lambda value: round(value, 3)),
        "line_punct_thr": st.one_of(st.just(-1.0), st.floats(0, 1).map(lambda v: round(v, 3))),
        "max_avg_word_length": st.integers(5, 60),
        "max_non_alpha_words_ratio": st.floats(0, 1).map(lambda value: round(value, 3)),
        "min_avg_word_length": st.integers(0, 4),
        "new_line_ratio": SHARE,
        "stopwords": st.lists(
            st.text("abcdÉéक ทी'،", min_size=1, max_size=4), min_size=2, max_size=6, unique=True
        ),
        "top_n_grams": st.tuples(*(st.tuples(st.just(n), SHARE) for n in (2, 3, 4))),
    }
)


def back_again(config: LanguageConfig) -> Published | None:
    """What an export makes of an import; None if too few stop words are left to write one."""
    try:
        return exported(resolved(config)).published
    except ConfigError:
        assert len(config.stopwords) < 2
        return None


def unsaid(before: Published, after: Published, findings: tuple[Any, ...]) -> set[str]:
    """Values that changed on the way there and back, and that the import did not list."""
    said = {(finding.key, finding.value) for finding in findings}
    now = {rule.key: value for rule, value, _ in after.limits()}
    lost = {
        f"{rule.key} {value:g}"
        for rule, value, _ in before.limits()
        if now[rule.key] != value and (rule.key, f"{value:g}") not in said
    }
    words = {word for key, word in said if key == "stopwords"}
    respelt = {word.split(" → ")[0] for word in words}
    return lost | (set(before.stopwords) - set(after.stopwords) - words - respelt)


@given(PUBLISHED)
def test_back_is_the_same_but_for_what_was_said(values: dict[str, Any]) -> None:
    published = Published.model_validate(values)
    config, findings = import_config(
        "hin_Deva", published, source="hin_Deva.yml", where="hin_Deva.yml", positions={}
    )
    back = back_again(config)
    if back is not None:
        assert unsaid(published, back, findings) == set()


def test_rules_that_the_form_cannot_say_are_listed() -> None:
    config = LanguageConfig.model_validate(
        {
            "label": "ell_Grek",
            "stopwords": ["και", "τησ"],
            "thresholds": [
                {"metric": "dup_paragraph_fraction", "max": 0.3},
                {"metric": "n_words", "min": 20, "max": 100_000},
                {"metric": "dup_line_fraction", "max": 0},
                {"metric": "mean_word_chars", "min": 2.4, "max": 10.2},
                {"metric": "newlines_per_word", "max": 0.12345},
            ],
            "provenance": {"method": "chosen", "reference": "none"},
        }
    )
    published, findings = exported(config)
    said = [(f.kind, f.key, f.value) for f in findings if f.kind is not Kind.ABSENT]
    assert (Kind.NO_KEY, "dup_paragraph_fraction", "max 0.3") in said
    assert (Kind.FIXED, "n_words", "min 20, max 100000 here, min 50, max 100000 there") in said
    assert (Kind.FIXED, "n_stopwords", "no rule here, min 2 there") in said
    assert (Kind.ABOVE_ZERO, "dup_line_frac", "0.001") in said
    assert (Kind.ROUNDED, "min_avg_word_length", "2") in said
    assert (Kind.ROUNDED, "max_avg_word_length", "11") in said
    assert (Kind.ROUNDED, "new_line_ratio", "0.123") in said
    assert (Kind.CASED, "stopwords", "της") in said
    assert published.line_punct_thr == -1
    assert list(yaml.safe_load(to_yaml(published))) == sorted(VALUES)


def test_without_stop_words_there_is_nothing_to_export() -> None:
    with pytest.raises(ConfigError, match="stop words"):
        exported(common_config())


@pytest.mark.shared
@pytest.mark.skipif(not ARCHIVE.exists(), reason="../shared is absent")
def test_all_published_files_are_read_and_written_again(tmp_path: Path) -> None:
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    files = sorted(tmp_path.rglob("*.yml"))
    assert len(files) == 410
    n_same = 0
    for path in files:
        published, (config, findings) = read(path)
        assert len(config.thresholds) >= 8, path.stem
        back = exported(resolved(config)).published
        assert unsaid(published, back, findings) == set(), path.stem
        n_same += to_yaml(back) == path.read_text(encoding="utf-8")
    assert n_same > 250
