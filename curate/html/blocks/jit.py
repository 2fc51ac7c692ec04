"""How the kernels here are compiled: quickly, since a first start pays for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def inner(function: Function) -> Function:
    """For functions that kernels call: no way in from Python, no division that is looked at."""
    options: dict[str, Any] = {
        "error_model": "numpy",
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
    }
    return cast("Function", njit(nogil=True, **options)(function))


def kernel(function: Function) -> Function:
    """For those that Python calls. None divides by zero, so divisions are not looked at."""
    options: dict[str, Any] = {"error_model": "numpy", "no_cfunc_wrapper": True}
    return cast("Function", njit(cache=True, nogil=True, **options)(function))
