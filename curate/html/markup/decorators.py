"""How the kernels here are compiled: quickly, since a first start pays for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np

from curate.jit import bare_inner as inner
from curate.jit import bare_kernel as kernel
from curate.jit import decorator

whole: Final = cast("Callable[[Any], int]", np.int64)
"""A number as int64: kernels are compiled once more for every other type of an argument."""

array_kernel: Final = decorator(cache=True, error_model="numpy", no_cfunc_wrapper=True)
"""For kernels that make arrays: dearer to compile."""

__all__ = ["array_kernel", "inner", "kernel", "whole"]
