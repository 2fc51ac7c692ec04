from __future__ import annotations

import datetime
import textwrap
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from curate.config import load
from curate.config.builtin import builtin_folder
from curate.config.load import build, dump_yaml, load_yaml, parse_value, parse_yaml
from curate.errors import ConfigError


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    min_similarity: float = Field(default=0.7, ge=0, le=1, description="similarity, 0-1")


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    name: str = Field(description="name of it")
    words: list[str] = Field(default=[])
    inner: Inner = Field(default=Inner())
    rules: list[Inner] = Field(default=[])


def read(text: str) -> Outer:
    data, positions = parse_yaml(textwrap.dedent(text), "a.yaml")
    return build(Outer, data, positions, "a.yaml")


def error_of(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return str(caught.value)


def test_a_good_file_becomes_its_model() -> None:
    found = read("name: ภาษาไทย\ninner:\n  min_similarity: 1\nwords: [हिन्दी, 𞤀𞤣𞤤𞤢𞤥]\n")
    assert found.name == "ภาษาไทย"
    assert found.words == ["हिन्दी", "𞤀𞤣𞤤𞤢𞤥"]
    assert found.inner.min_similarity == 1.0


def test_an_unknown_nested_key_is_named_with_its_line_and_the_key_that_was_meant() -> None:
    assert error_of("name: x\ninner:\n\n  min_similarty: 0.5\n") == (
        "a.yaml:4\n"
        "  wanted: a key of `inner`: min_similarity\n"
        "  found:  `min_similarty`\n"
        "  to do:  did you mean `inner.min_similarity`?"
    )


def test_a_key_of_another_level_is_found_there() -> None:
    assert error_of("name: x\nmin_similarity: 0.5\n") == (
        "a.yaml:2\n"
        "  wanted: a key known here: name, words, inner, rules\n"
        "  found:  `min_similarity`\n"
        "  to do:  did you mean `inner.min_similarity`?"
    )


def test_a_misspelt_required_key_is_told_before_the_missing_one() -> None:
    text = error_of("nam: x\n")
    assert text.startswith("a.yaml:1\n")
    assert "did you mean `name`?" in text


def test_a_value_of_the_wrong_kind_says_what_was_wanted() -> None:
    assert error_of("name: x\nrules:\n- min_similarity: 0.1\n- min_similarity: high\n") == (
        "a.yaml:4\n"
        "  wanted: `rules[1].min_similarity`, similarity, 0-1: a valid number\n"
        "  found:  'high'\n"
        "  to do:  correct `rules[1].min_similarity`"
    )


def test_all_problems_are_placed() -> None:
    text = error_of("inner:\n  min_similarity: 7\nwords: 3\n")
    assert "then see" in text
    assert "a.yaml:2 (inner.min_similarity)" in text
    assert "a.yaml:3 (words)" in text


def test_a_word_that_yaml_reads_as_a_boolean_needs_quotes() -> None:
    text = error_of("name: x\nwords: [um, no]\n")
    assert text.startswith("a.yaml:2\n")
    assert "put the word in quotes" in text
    assert read("name: x\nwords: [um, 'no']\n").words == ["um", "no"]


@pytest.mark.parametrize(
    ("text", "where", "found"),
    [
        pytest.param("a: [1\nb: 2\n", "a.yaml:2", "expected ',' or ']'", id="open-bracket"),
        pytest.param("a: 1\na: 2\n", "a.yaml:2", "it is also at a.yaml:1", id="key-twice"),
        pytest.param("x:\n  a: 1\n  a: 2\n", "a.yaml:3", "also at a.yaml:2", id="inner-key-twice"),
        pytest.param("a: &x 1\nb: *x\n", "a.yaml:2", "the YAML alias *x", id="alias"),
        pytest.param("a: !!python/name:os.system x", "a.yaml:1", "python/name", id="python-tag"),
        pytest.param("a: 1\n---\nb: 1\n", "a.yaml:2", "another document", id="two-documents"),
        pytest.param("a: 2024-13-45", "a.yaml", "month must be in 1..12", id="no-such-date"),
        pytest.param("a: \x07", "a.yaml", "#x0007", id="control-character"),
        pytest.param("a: 1\nb: " + "[" * 90, "a.yaml:2", "more than 64 levels", id="deep"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_line(text: str, where: str, found: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "a.yaml")
    assert caught.value.where == where
    assert found in caught.value.found


def test_bad_yaml_reads_like_this() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml("name: x\ninput: [a, b\nwork: w\n", "job.yaml")
    assert str(caught.value) == (
        "job.yaml:3\n"
        "  wanted: YAML\n"
        "  found:  expected ',' or ']', but got ':'\n"
        "  to do:  correct the line; a text with ': ', '#' or a leading '*', '&', '[' or '{' "
        "must stand in quotes"
    )


@pytest.mark.parametrize("text", ["- a\n", "just text\n", "3"])
def test_what_is_no_mapping_is_refused(text: str) -> None:
    assert "a mapping" in error_of(text)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_yaml(tmp_path / "none.yaml")
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: Gedächtnis".encode("latin-1"))
    with pytest.raises(ConfigError, match="0xe4 at offset 9"):
        load_yaml(latin)


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    path = tmp_path / "bom.yaml"
    path.write_bytes("\ufeffname: x\n".encode())
    data, positions = load_yaml(path)
    assert data == {"name": "x"}
    assert positions[("name",)] == f"{path}:1"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("8", 8),
        ("0.5", 0.5),
        ("null", None),
        ("", None),
        ("/data/**/*.warc.gz", "/data/**/*.warc.gz"),
        ("*", "*"),
        ("[ab]*.gz", "[ab]*.gz"),
        ("[a, b]", ["a", "b"]),
        ("{}", {}),
        ("#1", "#1"),
        ("a #b", "a #b"),
        ("a: b", "a: b"),
        ("2024-01-02", "2024-01-02"),
        ("'8'", "8"),
        ("ไทย", "ไทย"),
    ],
)
def test_the_value_of_an_override_is_what_it_looks_like(text: str, value: object) -> None:
    assert parse_value(text) == value


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.text(alphabet="aно नीไทย中𞤀𐌰 :#*&'\"-[]{}\n\t0", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abनไ", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("aนन𞤀", min_size=1, max_size=3), plain, max_size=4))
def test_what_is_dumped_reads_back_the_same(data: dict[str, object]) -> None:
    text = dump_yaml(data)
    assert parse_yaml(text, "a")[0] == data
    assert list(parse_yaml(text, "a")[0]) == list(data)


def test_dump_writes_every_script_as_itself_and_tuples_as_lists() -> None:
    text = dump_yaml({"b": ("ไทย", "𞤀𞤣"), "a": datetime.date(2026, 1, 2), "p": Path("/x")})
    assert text == "b:\n- ไทย\n- 𞤀𞤣\na: 2026-01-02\np: /x\n"
    with pytest.raises(TypeError):
        dump_yaml({"a": object()})


@pytest.mark.skipif(not hasattr(yaml, "CSafeLoader"), reason="PyYAML without libyaml")
def test_both_parsers_give_the_same_data_and_places(monkeypatch: pytest.MonkeyPatch) -> None:
    paths = sorted(builtin_folder("language_configs").rglob("*.yaml"))
    fast = [load.load_yaml(path) for path in paths]
    monkeypatch.setattr(load, "_FAST", yaml.SafeLoader)
    assert fast == [load.load_yaml(path) for path in paths]
    assert len(fast) > 60
