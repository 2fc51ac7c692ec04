"""How the kernels here are compiled: quickly, since a first start pays for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np

from curate.jit import decorator

whole: Final = cast("Callable[[Any], int]", np.int64)
"""A number as int64: kernels are compiled once more for every other type of an argument."""

# None divides by zero, so divisions are not looked at; none makes an array, so none is counted.
_OPTIONS: Final[dict[str, Any]] = {"error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}

inner: Final = decorator(no_cpython_wrapper=True, **_OPTIONS)
"""For functions that kernels call."""

kernel: Final = decorator(cache=True, **_OPTIONS)
"""For those that Python calls."""

array_kernel: Final = decorator(cache=True, error_model="numpy", no_cfunc_wrapper=True)
"""The same for those that make arrays: dearer to compile."""
