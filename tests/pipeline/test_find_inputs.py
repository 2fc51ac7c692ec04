"""Which files a job's `input` means, and what tells them apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import InputError
from curate.io.remote.listing import matches_below
from curate.work.inputs import _refuse_twins, find_files, name_places, passed_over, plan_inputs

LINE = b'{"text": "x"}\n'


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(LINE)


def found(root: Path, *patterns: str) -> list[str]:
    return [str(Path(p).relative_to(root)) for p in find_files([f"{root}/{p}" for p in patterns])]


def test_a_path_that_exists_is_that_file_whatever_brackets_it_has(tmp_path: Path) -> None:
    put(tmp_path, "x[1].jsonl", "x1.jsonl", "d[a]/y.jsonl", "da/y.jsonl", "[x].jsonl")
    assert found(tmp_path, "x[1].jsonl") == ["x[1].jsonl"]
    assert found(tmp_path, "d[a]/*.jsonl") == ["d[a]/y.jsonl"]
    assert found(tmp_path, "d[a]/y.jsonl") == ["d[a]/y.jsonl"]
    assert found(tmp_path, "[x].jsonl") == ["[x].jsonl"]
    (tmp_path / "x[1].jsonl").unlink()
    assert found(tmp_path, "x[1].jsonl") == ["x1.jsonl"], "a pattern where there is no such file"
    assert found(tmp_path, "x[0-9].jsonl", "d?/*") == ["da/y.jsonl", "x1.jsonl"]


def test_a_folder_means_the_inputs_in_it_and_below(tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", "b/c/d.parquet", "b/e.warc.gz", "README.md", "b/f.csv")
    put(tmp_path, "_SUCCESS", "_temporary/g.jsonl", ".h/i.jsonl", "b/.j.jsonl")
    assert found(tmp_path, "") == ["a.jsonl", "b/c/d.parquet", "b/e.warc.gz"]
    assert found(tmp_path, "b") == ["b/c/d.parquet", "b/e.warc.gz"]
    left = [Path(path).name for path in passed_over([str(tmp_path)])]
    assert left == ["README.md", "f.csv"]
    assert passed_over([f"{tmp_path}/*.jsonl"]) == []


def test_a_folder_without_inputs_says_what_is_in_it(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "b.csv", "c.md")
    with pytest.raises(InputError) as caught:
        find_files([str(tmp_path)])
    assert "2 .csv" in caught.value.found
    with pytest.raises(InputError, match="at least one file"):
        find_files([str(tmp_path)], setting="robots.files")


def test_a_work_folder_is_not_taken_for_inputs(tmp_path: Path) -> None:
    put(tmp_path, "job.yaml", "documents/data/x.parquet")
    with pytest.raises(InputError, match="corpus/data"):
        find_files([str(tmp_path)])


def test_a_file_of_another_kind_is_refused_before_anything_runs(tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl", "b.csv")
    with pytest.raises(InputError, match=r"ends in \.csv"):
        plan_inputs([f"{tmp_path}/*"], "auto")
    assert len(plan_inputs([f"{tmp_path}/*"], "jsonl")) == 2


def places(patterns: list[str], taken: tuple[str, ...] = ()) -> list[str]:
    return [str(s.payload["place"]) for s in plan_inputs(patterns, "auto", taken)]


def test_a_place_is_what_lies_below_the_fixed_part_of_a_pattern(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "moved" / "two"
    for root in (one, two):
        put(root, "eng_Latn/train/0.jsonl", "fra_Latn/train/0.jsonl", "o/n/e.jsonl", "z.jsonl")
        wanted = ["eng_Latn/train/0.jsonl", "fra_Latn/train/0.jsonl", "o/n/e.jsonl", "z.jsonl"]
        assert places([f"{root}/**/*.jsonl"]) == wanted
        assert places([str(root)]) == wanted
        assert places([f"{root}/*/*/*.jsonl", f"{root}/z.jsonl"]) == wanted
        assert places([f"{root}/eng_Latn/train/0.jsonl"]) == ["0.jsonl"], "as ever"
        named = [f"{root}/{label}/train/0.jsonl" for label in ("eng_Latn", "fra_Latn")]
        assert places(named) == wanted[:2]
    assert places([f"{one}/z.jsonl"], ("z.jsonl",)) == ["one/z.jsonl"], "of an earlier snapshot"


@given(
    st.dictionaries(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(lambda x: "/" + "/".join(x)),
        st.integers(1, 3),
        min_size=1,
    ),
    st.sets(st.sampled_from(["a", "b", "a/b", "c/a"])),
)
def test_no_two_files_have_one_place(depths: dict[str, int], taken: set[str]) -> None:
    named = name_places(depths, taken)
    assert len(set(named.values())) == len(depths)
    for path, place in named.items():
        assert path.endswith(place)
        assert place not in taken or place == path


def test_addresses_that_differ_by_a_secret_alone_are_refused(tmp_path: Path) -> None:
    put(tmp_path, "a.jsonl")
    twice = [f"file://{user}@{tmp_path}/a.jsonl" for user in ("u:1", "u:2")]
    with pytest.raises(InputError, match="2 addresses"):
        _refuse_twins(twice)


@pytest.mark.parametrize(
    ("name", "pattern", "fits"),
    [
        ("a/b/c.jsonl", "**/*.jsonl", True),
        ("c.jsonl", "**/*.jsonl", True),
        ("a//c.jsonl", "**/*.jsonl", True),
        ("/c.jsonl", "**/*.jsonl", True),
        ("a/.b/c.jsonl", "**/*.jsonl", False),
        ("a/.c.jsonl", "**/*.jsonl", False),
        ("a/x/c.jsonl", "**/x/*.jsonl", True),
        ("a/y/c.jsonl", "**/x/*.jsonl", False),
        ("a/x//b/c.jsonl", "**/x/**/c.jsonl", True),
        ("a/", "**/*", False),
        ("a[1].jsonl", "**/a[1].jsonl", True),
    ],
)
def test_keys_match_patterns_as_paths_do(name: str, pattern: str, *, fits: bool) -> None:
    assert matches_below(name.split("/"), pattern.split("/")) is fits
