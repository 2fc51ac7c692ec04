"""How the kernels here are compiled.

A function that only kernels call needs no way in from Python, and its code is part of theirs:
leaving both out saves a third of the time that compiling takes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

whole: Final = cast("Callable[[Any], int]", np.int64)
"""A number as int64: kernels are compiled once more for every other type of an argument."""

_INNER: Final[dict[str, Any]] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_OUTER: Final[dict[str, Any]] = {"no_cfunc_wrapper": True}


def inner(function: Function) -> Function:
    """For functions that kernels call."""
    return cast("Function", njit(nogil=True, **_INNER)(function))


def kernel(function: Function) -> Function:
    """For those that Python calls."""
    return cast("Function", njit(cache=True, nogil=True, **_OUTER)(function))
