"""How kernels are compiled: as numba does it, in about half of its time.

Most of what numba takes is no machine code but Python: for every operator it tries some thirty
implementations, those of sets and strings too, although it has answered the same question a
hundred times before; between its passes it looks for what kernels of plain loops do not have
(closures, branches on None, array expressions); and Python's garbage collector walks again and
again through what all of it leaves behind. While a kernel of curate is compiled, answers are
remembered, those passes are left out and the collector rests. Before and after numba is as it was.
"""

from __future__ import annotations

import gc
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

from numba import njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager
from numba.core.targetconfig import ConfigStack
from numba.core.types.functions import BaseFunction

Function = TypeVar("Function", bound=Callable[..., Any])

_OPERATORS: Final = frozenset(
    {bool, float, int, len, max, min}
    | {vars(operator)[name] for name in operator.__all__ if callable(vars(operator)[name])}
)
_SPARED: Final = frozenset(
    """
    WithLifting InlineClosureLikes RewriteSemanticConstants DeadBranchPrune GenericRewrites
    MakeFunctionToJitFunction FindLiterallyCalls LiteralUnroll LiteralPropagationSubPipelinePass
    InlineOverloads NopythonRewrites NoPythonSupportedFeatureValidation DumpParforDiagnostics
    """.split()
)
"""Passes for what kernels here do not use; one that does is not compiled and says so."""

_answers: dict[tuple[Any, ...], tuple[Any, Any]] = {}
_ask: Final = BaseFunction.get_call_type


def _remember(self: Any, context: Any, args: Any, kws: Any) -> Any:  # noqa: ANN401 - numba's
    """In place of numba's look for the implementation of an operator."""
    if kws or self.typing_key not in _OPERATORS:
        return _ask(self, context, args, kws)
    flags = ConfigStack.top_or_none()
    model = flags and (flags.error_model, flags.boundscheck, bool(flags.fastmath), flags.nrt)
    key = (context, self.typing_key, len(self.templates), tuple(args), model)
    known = _answers.get(key)
    if known is None:
        signature = _ask(self, context, args, kws)
        _answers[key] = signature, self._impl_keys[signature.args]
        return signature
    signature, self._impl_keys[known[0].args] = known
    return signature


@contextmanager
def _hastened() -> Iterator[None]:
    """Numba's lock is held, so no other thread compiles meanwhile."""
    if BaseFunction.get_call_type is _remember:
        yield
        return
    was_collecting = gc.isenabled()
    gc.disable()
    BaseFunction.get_call_type = _remember
    try:
        yield
    finally:
        BaseFunction.get_call_type = _ask
        if was_collecting:
            gc.enable()


class _Part(JITCodeLibrary):  # type: ignore[misc]
    """The code of a function that only kernels call.

    It becomes part of theirs, and is made better and translated there: numba would do so with each
    function alone, and again in every one that calls it.
    """

    @property
    def codegen(self) -> Any:  # noqa: ANN401 - numba's
        """Its own: there is nothing at an address yet that could be told its environment."""
        return self

    def set_env(self, *_: object) -> None:
        """Constants are set in the code of the kernel."""

    def get_pointer_to_function(self, _: str) -> int:
        """There is none."""
        self._ensure_finalized()
        return 0

    def _optimize_functions(self, ll_module: Any) -> None:  # noqa: ANN401 - numba's
        ll_module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True


class Lean(CompilerBase):  # type: ignore[misc]
    """Numba's compiler without what kernels here do not need."""

    def compile_extra(self, func: Any) -> Any:  # noqa: ANN401 - numba's
        """Compile a function and those that it calls."""
        if self.state.flags.no_cpython_wrapper and self.state.flags.no_cfunc_wrapper:
            codegen = self.state.targetctx.codegen()
            self.state.library = _Part(codegen, func.__qualname__)
        with _hastened():
            return super().compile_extra(func)

    def define_pipelines(self) -> list[PassManager]:
        """Numba's own passes but for those that are spared."""
        whole = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes = PassManager("lean")
        for step, told in whole.passes:
            if step.__name__ not in _SPARED:
                passes.add_pass(step, told)
        passes.finalize()
        return [passes]


def decorator(**options: Any) -> Callable[[Function], Function]:  # noqa: ANN401 - numba's
    """What makes a kernel of a function, with options of ``numba.njit``."""

    def decorate(function: Function) -> Function:
        return cast("Function", njit(nogil=True, pipeline_class=Lean, **options)(function))

    return decorate


kernel: Final = decorator(cache=True, no_cfunc_wrapper=True)
"""For functions that Python calls; kept on disk."""

inner: Final = decorator(no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""For those that only kernels call: no way in from Python, and nothing on disk."""
