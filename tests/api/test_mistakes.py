"""A mistake of the caller is told in words: where, what was wanted, what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import curate
from curate.errors import ConfigError, CurateError, InputError, ModelError

ANY: Any = curate
"""Without types, as a caller without a type checker has it."""

MISTAKES: list[tuple[Callable[[], object], type[CurateError], str, str]] = [
    (lambda: ANY.identify("a text"), InputError, "identify: texts", "put a single text in a list"),
    (lambda: ANY.identify(3), InputError, "identify: texts", "type int"),
    (lambda: ANY.measure(["a", None], "eng_Latn"), InputError, r"measure: texts\[1\]", "None"),
    (lambda: curate.identify(["\ud800"]), InputError, "identify: texts", "surrogate"),
    (lambda: curate.minhash(pa.array([1])), InputError, "minhash: texts", "int64"),
    (lambda: curate.minhash(pa.array(["a", None])), InputError, "minhash: texts", "1 nulls"),
    (lambda: curate.identify(["a"], model="no.bin"), ModelError, "no.bin", "path"),
    (lambda: curate.measure(["a", "b"], ["eng_Latn"]), InputError, "measure: labels", "2 labels"),
    (lambda: curate.measure(["a"], "eng"), ConfigError, "measure: labels", "'eng'"),
    (lambda: ANY.measure(["a"], [7]), InputError, r"measure: labels\[0\]", "type int"),
    (lambda: ANY.measure(["a"], 7), InputError, "measure: labels", "type int"),
    (lambda: curate.measure(["a"], "eng_Latn", configs="nowhere"), ConfigError, "nowhere", "."),
    (lambda: curate.score(["a"], "eng_Latn", version="2"), InputError, "version", "1.2, 1.3"),
    (lambda: ANY.decode("text"), InputError, "decode: page", "bytes"),
    (lambda: ANY.extract(None), InputError, "extract: html", "None"),
    (lambda: curate.extract("x", extractor="block"), InputError, "extractor", "`blocks`"),
    (lambda: ANY.mask(b"x"), InputError, "mask: text", "type bytes"),
    (lambda: curate.mask("x", kinds="email"), InputError, "kinds", "list"),
    (lambda: curate.find_pii(["x"], kinds=["mail"]), InputError, "kinds", "`email`"),
    (lambda: ANY.similarity("x", 1), InputError, "similarity: b", "type int"),
    (lambda: curate.similarity(b"abc", b"a"), InputError, "similarity: b", "3 bytes"),
    (lambda: ANY.split(None), InputError, r"split: text", "None"),
    (lambda: ANY.repair(b""), InputError, "repair: text", "type bytes"),
    (lambda: curate.open("no-such-folder"), InputError, "no-such-folder", "job.yaml"),
    (lambda: ANY.open(3), InputError, "open: work", "type int"),
    (lambda: curate.run("no.yaml"), ConfigError, "no.yaml", "path"),
    (lambda: curate.run({"input": "x"}), ConfigError, "job", "add `work`"),
    (lambda: curate.run({"input": "x", "work": "y"}, ["a=b"]), InputError, "overrides", "data"),
]


@pytest.mark.parametrize(("call", "kind", "where", "words"), MISTAKES)
def test_a_mistake_is_told_in_words(
    call: Callable[[], object], kind: type[CurateError], where: str, words: str
) -> None:
    with pytest.raises(kind, match=where) as caught:
        call()
    assert words in str(caught.value)
    assert caught.value.todo


def test_nothing_is_written_for_a_wrong_job(tmp_path: Path) -> None:
    with pytest.raises(CurateError):
        curate.run({"input": str(tmp_path / "none*"), "work": str(tmp_path / "work")})
    assert not (tmp_path / "work").exists()
