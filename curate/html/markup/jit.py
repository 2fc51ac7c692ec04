"""How the kernels here are compiled: quickly, since a first start pays for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np

from curate.jit import decorator

whole: Final = cast("Callable[[Any], int]", np.int64)
"""A number as int64: kernels are compiled once more for every other type of an argument."""

inner: Final = decorator(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that kernels call. None divides by zero, so divisions are not looked at."""

kernel: Final = decorator(error_model="numpy", cache=True, no_cfunc_wrapper=True)
"""For those that Python calls."""
