"""How kernels are compiled: as numba does it, in about half of its time.

Little of what numba takes is the making of machine code. For every operator it tries some thirty
implementations, those of sets and strings too, although it has answered the same question a
hundred times before; between its passes it looks for what plain loops do not have (closures,
branches on None, expressions of arrays); a function that only others call is optimised and
translated by itself, and then once more in each of them; and Python's garbage collector walks again
and again through what all of it leaves behind.

While a kernel of curate is compiled, answers are remembered, those passes are left out, such
functions become part of their callers as they are, and the collector rests. Before and after, and
for whatever is not decorated here, numba is as it was.
"""

from __future__ import annotations

import gc
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from numba import njit
from numba.core import caching, codegen, compiler, compiler_machinery, targetconfig
from numba.core.types import functions

from curate.jit_sources import sources_digest

# What is taken of numba's own parts has no types.
_CompilerBase: Any = compiler.CompilerBase
_JITCodeLibrary: Any = getattr(codegen, "JITCodeLibrary", object)
_CacheFiles: Any = getattr(caching, "IndexDataCacheFile", object)
_functions: Final[Any] = functions.BaseFunction
_flags: Final[Any] = targetconfig.ConfigStack
_passes: Final[Any] = compiler_machinery.PassManager
_builder: Final[Any] = compiler.DefaultPassBuilder
_ask: Final[Any] = functions.BaseFunction.get_call_type

_OPERATORS: Final = frozenset(
    {bool, float, int, len, max, min}
    | {vars(operator)[name] for name in operator.__all__ if callable(vars(operator)[name])}
)
_NAMES: Final = """
    WithLifting InlineClosureLikes RewriteSemanticConstants DeadBranchPrune GenericRewrites
    MakeFunctionToJitFunction FindLiterallyCalls LiteralUnroll LiteralPropagationSubPipelinePass
    InlineOverloads NopythonRewrites NoPythonSupportedFeatureValidation DumpParforDiagnostics
"""
_SPARED: Final = frozenset(_NAMES.split())
"""Passes for what kernels here do not use; one that does is not compiled, and numba says so."""

_BUILT_ON: Final = (
    *("_ensure_finalized", "_finalize_dynamic_globals", "_finalize_final_module"),
    *("_optimize_final_module", "_optimize_functions", "get_pointer_to_function"),
)
_FITS: Final = all(hasattr(_JITCodeLibrary, name) for name in _BUILT_ON)
"""Numba still has the parts that are changed here; else it compiles in its own way."""

_answers: dict[tuple[Any, ...], tuple[Any, Any]] = {}


def _remember(self: Any, context: Any, args: Any, kws: Any) -> Any:  # noqa: ANN401 - numba's
    """In place of numba's search for the implementation of an operator.

    The answer depends on the types, on the implementations that there are, and, where it is itself
    a compiled function, on some of the options.
    """
    if kws or self.typing_key not in _OPERATORS:
        return _ask(self, context, args, kws)
    flags = _flags.top_or_none()
    options = flags and (flags.error_model, flags.boundscheck, bool(flags.fastmath), flags.nrt)
    key = (context, self.typing_key, len(self.templates), tuple(args), options)
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
    if _functions.get_call_type is _remember:
        yield
        return
    before, was_collecting = _functions.get_call_type, gc.isenabled()
    gc.disable()
    _functions.get_call_type = _remember
    try:
        yield
    finally:
        _functions.get_call_type = before
        if was_collecting:
            gc.enable()


class _Part(_JITCodeLibrary):  # type: ignore[misc]
    """The code of a function that only kernels call: it becomes machine code in theirs alone."""

    @property
    def codegen(self) -> Any:  # noqa: ANN401 - numba's
        """Itself: there is no code at an address yet that could be told its environment."""
        return self

    def set_env(self, *_: object) -> None:
        """Kernels of plain loops need none; those that come from disk are not told either."""

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


class Lean(_CompilerBase):  # type: ignore[misc]
    """Numba's compiler without what kernels here do not need."""

    def compile_extra(self, func: Any) -> Any:  # noqa: ANN401 - numba's
        """Compile a function and those that it calls."""
        flags = self.state.flags
        if flags.no_cpython_wrapper and flags.no_cfunc_wrapper:
            self.state.library = _Part(self.state.targetctx.codegen(), func.__qualname__)
        with _hastened():
            return super().compile_extra(func)

    def define_pipelines(self) -> list[Any]:
        """Numba's own passes but for those that are spared."""
        whole = _builder.define_nopython_pipeline(self.state)
        lean = _passes("lean")
        for step, description in whole.passes:
            if step.__name__ not in _SPARED:
                lean.add_pass(step, description)
        lean.finalize()
        return [lean]


class _StampedFiles(_CacheFiles):  # type: ignore[misc]
    """The files of a kernel's machine code, which count as long as all it was made of is the same.

    Some versions of numba go by the time of the source, others by what is in it. The digest is in
    the names of the files too: what another version left cannot even be read where a type is gone.
    It is taken when the kernel is first called, since most processes call few of the kernels that
    they import.
    """

    _index_name: str

    def __init__(self, files: Any, module: str) -> None:  # noqa: ANN401 - numba's
        self.__dict__.update(vars(files))
        self._module: str | None = module

    def _stamp(self) -> None:
        if self._module is None:
            return
        digest, self._module = sources_digest(self._module), None
        self._source_stamp = digest
        base = self._index_name.removesuffix(".nbi")
        self._index_name = f"{base}-{digest[:12]}.nbi"
        self._index_path = str(Path(self._cache_path) / self._index_name)
        self._data_name_pattern = f"{base}-{digest[:12]}.{{number:d}}.nbc"

    def load(self, key: Any) -> Any:  # noqa: ANN401 - numba's
        self._stamp()
        return super().load(key)

    def save(self, key: Any, data: Any) -> None:  # noqa: ANN401 - numba's
        self._stamp()
        super().save(key, data)

    def flush(self) -> None:
        self._stamp()
        super().flush()


def compile_with(function: Callable[..., Any], options: dict[str, Any]) -> Any:  # noqa: ANN401
    """Numba's dispatcher for a function, with options of ``numba.njit``."""
    lean: dict[str, Any] = {"pipeline_class": Lean} if _FITS else {}
    dispatcher: Any = njit(nogil=True, **lean, **options)(function)
    kept: Any = getattr(dispatcher, "_cache", None)
    files = getattr(kept, "_cache_file", None)
    if all(hasattr(files, name) for name in _FILES):
        kept._cache_file = _StampedFiles(files, function.__module__)
    return dispatcher


_FILES: Final = (
    *("_source_stamp", "_index_name", "_index_path", "_cache_path", "_data_name_pattern"),
    *("load", "save", "flush"),
)
