"""Kernels are compiled faster than numba would, to the same code, and numba is left as it was."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from numba.core.errors import TypingError
from numba.core.types.functions import BaseFunction

from curate import jit, jit_compiler

I64 = npt.NDArray[np.int64]

part: Any = jit.decorator(no_cpython_wrapper=True, no_cfunc_wrapper=True)
whole: Any = jit.decorator(no_cfunc_wrapper=True)


def _mixed(values: I64, low: int) -> int:
    """Loops, branches, divisions, numbers of several types, and two calls of one function."""
    total = 0
    for value in values:
        if value > low:
            total += max(value, low) // 3 - (value & 7)
        elif value % 5 == 0:
            total ^= value << 2
        else:
            total = min(total, int(value * 0.5)) + len(values)
    return total


def _both(values: I64, low: int) -> tuple[int, float]:
    return _inside(values, low) + _inside(values, -low), _inside(values, 0) / (1 + abs(low))


_inside: Any = part(_mixed)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(-1000, 1000), max_size=30), st.integers(-1000, 1000))
def test_the_answers_are_those_of_python_and_of_numba(values: list[int], low: int) -> None:
    """Of a function by itself, and of one that others hold."""
    array = np.array(values, np.int64)
    wanted = _LEAN["mixed"](array, low)
    assert wanted == _PLAIN(array, low) == _mixed(array, low)
    total, share = _LEAN["both"](array, low)
    assert total == _mixed(array, low) + _mixed(array, -low)
    assert share == _mixed(array, 0) / (1 + abs(low))


_LEAN: dict[str, Any] = {"mixed": whole(_mixed), "both": whole(_both)}
_PLAIN: Any = njit(_mixed)


def test_types_are_those_that_numba_finds() -> None:
    """Also after the same operators were asked about with other types."""

    def sums(a: Any, b: Any) -> Any:  # noqa: ANN401
        return a + b * a

    ours, theirs = whole(sums), njit(sums)
    for a, b in ((1, 2), (1.5, 2), (np.int32(1), np.int32(2)), (np.uint64(1), 2), (1j, 2)):
        assert type(ours(a, b)) is type(theirs(a, b))
        assert ours(a, b) == theirs(a, b)
    for left, right in zip(ours.nopython_signatures, theirs.nopython_signatures, strict=True):
        assert left == right


def test_a_question_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty additions of the same types cost no more searches than six."""
    asked: list[object] = []

    def counted(self: Any, *rest: Any) -> Any:  # noqa: ANN401
        asked.append(self.typing_key)
        return jit_ask(self, *rest)

    jit_ask = jit_compiler._ask
    monkeypatch.setattr(jit_compiler, "_ask", counted)
    found = []
    for n in (6, 60):
        asked.clear()
        _adds(n)(1)
        found.append(len(asked))
    assert found[1] <= found[0]


def _adds(n: int) -> Callable[[int], int]:
    made: dict[str, Any] = {}
    exec("def f(n):\n" + f"    n = n * 3 + {n}\n" * n + "    return n", made)
    function: Callable[[int], int] = whole(made["f"])
    return function


@pytest.mark.parametrize("is_collecting", [True, False])
def test_numba_and_the_collector_are_left_as_they_were(is_collecting: bool) -> None:  # noqa: FBT001
    """Whether the function could be compiled or not."""
    ask, was_collecting = BaseFunction.get_call_type, gc.isenabled()
    gc.enable() if is_collecting else gc.disable()
    try:
        whole(lambda a: a + 1)(1)
        with pytest.raises(TypingError):
            whole(lambda a: a + 1)("a")
        assert BaseFunction.get_call_type is ask
        assert gc.isenabled() is is_collecting
    finally:
        gc.enable() if was_collecting else gc.disable()


def test_what_it_does_not_know_is_an_error() -> None:
    """Not another answer: closures are among what is not looked for."""

    def has_closure(n: int) -> int:
        def more(k: int) -> int:
            return k + n

        return more(n)

    with pytest.raises(Exception, match=r"(?i)make_function|closure|unsupported"):
        whole(has_closure)(1)


def test_another_numba_compiles_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lacks the parts that are changed."""
    assert jit_compiler._FITS
    monkeypatch.setattr(jit_compiler, "_FITS", False)
    plain: Any = jit.decorator(no_cfunc_wrapper=True)(_mixed)
    assert plain(np.arange(9), 3) == _mixed(np.arange(9), 3)
    assert not isinstance(plain.overloads[plain.signatures[0]].library, jit_compiler._Part)
    assert plain._compiler.pipeline_class is not jit_compiler.Lean
