"""Words on use: the grammar of AIPREF, Content Signals, and licences in RSL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.robots.license_terms import read_terms
from curate.robots.preferences import (
    AIPREF,
    CONTENT_SIGNAL,
    may_train,
    read_signals,
    read_usage,
    strictest,
)

USAGE = {
    "train-ai=n": {"train-ai": "no"},
    "train-ai=y, search=n": {"train-ai": "yes", "search": "no"},
    "train-ai=n,ai-use=y\t,  search=n": {"train-ai": "no", "ai-use": "yes", "search": "no"},
    'train-ai=n;because=tax;note="a, b"': {"train-ai": "no"},
    # vocab draft, section 6.5.1: the last value of a key counts, whatever its type
    'train-ai=y, train-ai, search=n, search="n"': {},
    "train-ai=n, train-ai=y": {"train-ai": "yes"},
    "train-ai;allow=n, train-ai=y": {"train-ai": "yes"},
    'train-ai;has;parameters="?"': {},
    "train-ai=maybe": {},
    "other=(a b), train-ai=n": {"train-ai": "no"},
    "x=:aGk=:, y=?1, z=-1.5, d=@1700000000, train-ai=n": {
        "train-ai": "no",
    },
    # what cannot be parsed says nothing, all of it
    "Train-AI=n": {},
    "train-ai=n,": {},
    "train-ai=n search=y": {},
    "train-ai = n": {},
    "": {},
    "n": {},
}


@pytest.mark.parametrize(("text", "said"), USAGE.items(), ids=list(USAGE))
def test_a_statement_of_aipref(text: str, said: dict[str, str]) -> None:
    categories = {
        k: v for k, v in read_usage(text).items() if k in ("train-ai", "ai-use", "search")
    }
    assert categories == said


SIGNALS = {
    "search=yes, ai-train=no": {"search": "yes", "ai-train": "no"},
    "search=yes,AI-Train=No,ai-input=yes": {"search": "yes", "ai-train": "no", "ai-input": "yes"},
    "ai-train=yes, ai-train=no": {"ai-train": "no"},
    "ai-train=n": {},
    "nonsense, ai-train=no": {"ai-train": "no"},
}


@pytest.mark.parametrize(("text", "said"), SIGNALS.items(), ids=list(SIGNALS))
def test_a_content_signal(text: str, said: dict[str, str]) -> None:
    assert read_signals(text) == said


def test_each_vocabulary_has_its_own_word_for_training() -> None:
    assert may_train(AIPREF, "train-ai=n") == "no"
    assert may_train(AIPREF, "ai-train=n") == "unset"
    assert may_train(CONTENT_SIGNAL, "ai-train=no") == "no"
    assert may_train(CONTENT_SIGNAL, "train-ai=no") == "unset"


@given(st.lists(st.sampled_from(["no", "yes", "unset"])))
def test_the_most_restrictive_answer_wins(answers: list[str]) -> None:
    rank = {"unset": 0, "yes": 1, "no": 2}
    assert strictest(answers) == max(answers, key=rank.__getitem__, default="unset")


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert set(read_usage(text).values()) <= {"no", "yes"}
    assert set(read_signals(text).values()) <= {"no", "yes"}


def rsl(inner: str, url: str = "/", more: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?><rsl xmlns="https://rslstandard.org/rsl">'
        f'<content url="{url}"{more}>{inner}</content></rsl>'
    ).encode()


def one(inner: str) -> str:
    return f"<license>{inner}</license>"


TERMS = {
    "prohibited": (one('<prohibits type="usage">ai-train</prohibits>'), "no"),
    "all prohibited": (one('<prohibits type="usage">search, all</prohibits>'), "no"),
    "permitted": (one('<permits type="usage">ai-all</permits>'), "yes"),
    "permitted for credit": (
        one('<permits type="usage">ai-train</permits><payment type="attribution"/>'),
        "yes",
    ),
    "permitted for money": (
        one('<permits type="usage">ai-train</permits><payment type="subscription"/>'),
        "unset",
    ),
    "not among those permitted": (one('<permits type="usage">search</permits>'), "no"),
    "both: prohibited": (
        one("<permits>ai-train</permits><prohibits>ai-train</prohibits>"),
        "no",
    ),
    "about users": (one('<prohibits type="user">commercial</prohibits>'), "unset"),
    "one of two is enough": (
        one('<prohibits type="usage">all</prohibits>') + one("<permits>all</permits>"),
        "yes",
    ),
    "no licence": ("", "unset"),
}


@pytest.mark.parametrize(("inner", "answer"), TERMS.values(), ids=list(TERMS))
def test_a_licence_of_rsl(inner: str, answer: str) -> None:
    assert read_terms(rsl(inner)) == (("/", answer),)


def test_a_licence_that_a_server_sells_is_undecided() -> None:
    document = rsl(one("<permits>ai-train</permits>"), more=' server="https://l.example"')
    assert read_terms(document) == (("/", "unset"),)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<rsl>",
        b"<feed/>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><rsl><content url="/"/></rsl>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "no">]><rsl>'
        '<content url="/">&a;</content></rsl>'.encode("utf-16"),
        rsl("x" * (1 << 20)),
    ],
    ids=["nothing", "cut", "another", "entities", "entities in UTF-16", "too long"],
)
def test_what_is_no_licence_says_nothing(document: bytes) -> None:
    assert read_terms(document) == ()
