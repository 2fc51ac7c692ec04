"""Kernels: functions over flat buffers that become machine code when they are first called.

Numba itself is loaded then too. Most processes, such as the command line and the driver of a run,
name hundreds of kernels and call none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Final, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

_one_at_a_time: Final = threading.Lock()


class Kernel:
    """Stands for numba's dispatcher of a function, and makes it at the first call.

    What it has not itself, such as ``stats``, is asked of the dispatcher.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, Any]) -> None:
        update_wrapper(self, function)
        self._function = function
        self._options = options
        self._dispatcher: Any = None
        self._call: Callable[..., Any] = self._first_call

    def __call__(self, *args: Any) -> Any:  # noqa: ANN401 - those of the function
        return self._call(*args)

    def _first_call(self, *args: Any) -> Any:  # noqa: ANN401 - those of the function
        return self.dispatcher(*args)

    @property
    def is_loaded(self) -> bool:
        """It was called, or asked for something, in this process."""
        return self._dispatcher is not None

    @property
    def dispatcher(self) -> Any:  # noqa: ANN401 - numba's
        """That of numba."""
        if self._dispatcher is None:
            with _one_at_a_time:
                if self._dispatcher is None:
                    from curate.jit_compiler import compile_with

                    self._dispatcher = compile_with(self._function, self._options)
                    self._call = self._dispatcher
        return self._dispatcher

    @property
    def _numba_type_(self) -> Any:  # noqa: ANN401 - numba's
        """Its type where another kernel calls it; numba asks for it by this name."""
        from numba.core.types import Dispatcher

        return Dispatcher(self.dispatcher)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the dispatcher's
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.dispatcher, name)


def decorator(**options: Any) -> Callable[[Function], Function]:  # noqa: ANN401 - numba's
    """A decorator that makes a kernel of a function, with options of ``numba.njit``."""

    def decorate(function: Function) -> Function:
        return cast("Function", Kernel(function, options))

    return decorate


kernel: Final = decorator(cache=True, no_cfunc_wrapper=True)
"""For functions that Python calls, and for those that other kernels call too; kept on disk."""

inner: Final = decorator(no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For functions that only kernels call; they are kept with these, not by themselves."""

# These divide by nothing that can be zero, so divisions are not looked at; they make no arrays, so
# none is counted.
_BARE: Final[dict[str, Any]] = {"error_model": "numpy", "no_cfunc_wrapper": True, "_nrt": False}

bare_inner: Final = decorator(no_cpython_wrapper=True, **_BARE)
"""For functions that bare kernels call; not kept by themselves."""

bare_kernel: Final = decorator(cache=True, **_BARE)
"""For kernels that make no array; kept on disk."""
