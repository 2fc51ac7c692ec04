"""Lists of what was taken down: forms of an entry, scopes, and how lists add up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.errors import StoreError
from curate.io.store import Store
from curate.rights.take_down import ALONE, NOT_LISTED, WITH_CLUSTER, Entry, TakeDown, entry_of
from curate.work.take_down import add_entries, take_down_of

SAME = (
    "https://Example.org/a/b?x=1",
    "http://www.example.org/a/b?x=1",
    "example.org:443/a/b?x=1/",
    "//user@EXAMPLE.ORG./a/%62?x=1",
)
OTHERS = (
    "https://example.org/a/b",
    "https://example.org/a/b?x=12",
    "https://example.org/a/b?x=1/c",
    "https://sub.example.org/a/b?x=1",
    None,
    "",
)


@pytest.mark.parametrize("line", SAME)
def test_an_address_is_itself_in_whatever_form(line: str) -> None:
    entry = entry_of("url", line, "page")
    assert entry == Entry("url", "example.org/a/b?x=1", "page")
    scopes = TakeDown.of([entry]).scopes(["id"] * 10, [*SAME, *OTHERS])
    assert scopes.tolist() == [ALONE] * len(SAME) + [NOT_LISTED] * len(OTHERS)


def test_a_host_stands_for_all_below_it_and_for_no_other() -> None:
    entry = entry_of("host", " www.Bücher.example. ", "cluster")
    assert entry is not None
    urls = [
        "https://xn--bcher-kva.example/1",
        "http://a.b.bücher.example/",
        "https://ebücher.example/",
    ]
    scopes = TakeDown.of([entry]).scopes(["i"] * 3, urls)
    assert scopes.tolist() == [WITH_CLUSTER, WITH_CLUSTER, NOT_LISTED]


def test_ids_are_compared_as_they_stand() -> None:
    lists = TakeDown.of([Entry("id", "<urn:uuid:1>", "page")])
    assert not lists.has_addresses
    assert lists.scopes(["<urn:uuid:1>", "<urn:uuid:10>"], None).tolist() == [ALONE, NOT_LISTED]


@pytest.mark.parametrize("line", ["", "  ", "# a comment", "\ufeff"])
def test_some_lines_are_no_entry(line: str) -> None:
    assert entry_of("url", line, "page") is None


ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["url", "host", "id"]),
        st.sampled_from(["a.example", "b.example/1", "<urn:1>"]),
        st.sampled_from(["page", "cluster"]),
    ),
    max_size=8,
)


@given(ENTRIES, ENTRIES)
def test_lists_add_up_in_any_order(first: list[Entry], second: list[Entry]) -> None:
    one, other = TakeDown.of([*first, *second]), TakeDown.of([*second, *first])
    assert one == other
    assert one.digest == other.digest
    assert all(entry in one for entry in [*first, *second])
    assert TakeDown.of([*one.entries, *first]).digest == one.digest
    assert bool(one.digest) == bool(first or second)


def test_a_folder_keeps_each_list_and_adds_only_what_is_new(tmp_path: Path) -> None:
    store = Store(tmp_path)
    page, cluster = Entry("id", "1", "page"), Entry("id", "1", "cluster")
    assert take_down_of(store) == TakeDown()
    add_entries(store, [page])
    assert add_entries(store, [page]).entries == (page,)
    assert add_entries(store, [cluster]).entries == (cluster,), "the wider scope counts"
    assert add_entries(store, [page]).entries == (cluster,), "and stays"
    assert store.names("withdrawn") == ["00001.json", "00002.json"]


def test_a_list_that_is_lost_or_damaged_is_no_empty_one(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add_entries(store, [Entry("id", "1", "page")])
    add_entries(store, [Entry("id", "2", "page")])
    path = tmp_path / "withdrawn" / "00002.json"
    body = json.loads(path.read_bytes())
    path.write_text(json.dumps({**body, "entries": []}), encoding="utf-8")
    with pytest.raises(StoreError, match="published again"):
        take_down_of(store)
    (tmp_path / "withdrawn" / "00001.json").unlink()
    with pytest.raises(StoreError, match="00001"):
        take_down_of(store)


@pytest.mark.parametrize("line", ["https://example.org/a#part", "https://example.org/a/#"])
def test_a_fragment_makes_no_difference_on_either_side(line: str) -> None:
    entry = entry_of("url", line, "page")
    assert entry == Entry("url", "example.org/a", "page")
    urls = ["https://example.org/a", "https://example.org/a#other", "https://example.org/a%23x"]
    assert TakeDown.of([entry]).scopes(["id"] * 3, urls).tolist() == [ALONE, ALONE, NOT_LISTED]


@pytest.mark.parametrize(
    ("line", "value"),
    [("*.example.org", "example.org"), ("www.com", "www.com"), ("www.example.org", "example.org")],
)
def test_a_host_is_read_with_a_star_and_never_as_a_whole_top_level_domain(
    line: str, value: str
) -> None:
    assert entry_of("host", line, "page") == Entry("host", value, "page")
