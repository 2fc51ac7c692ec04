"""curate: turn web crawls into pretraining corpora in every language.

The names of this package are its API: docs/python.md. Importing it loads nothing else; each name
loads what it needs when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

__version__ = "0.1.0"

if TYPE_CHECKING:
    from curate.api.pages import decode as decode
    from curate.api.pages import extract as extract
    from curate.api.pages import repair as repair
    from curate.api.results import ExtractedPage as ExtractedPage
    from curate.api.texts import find_pii as find_pii
    from curate.api.texts import identify as identify
    from curate.api.texts import mask as mask
    from curate.api.texts import measure as measure
    from curate.api.texts import minhash as minhash
    from curate.api.texts import score as score
    from curate.api.texts import similarity as similarity
    from curate.api.texts import split as split
    from curate.api.work_folder import WorkFolder as WorkFolder
    from curate.api.work_folder import open_work as open
    from curate.api.work_folder import run as run
    from curate.errors import CurateError as CurateError
    from curate.extra.declare import OwnMetric as OwnMetric
    from curate.extra.declare import metric_function as metric_function

_PLACES: Final = {
    **dict.fromkeys(("decode", "extract", "repair"), "curate.api.pages"),
    "ExtractedPage": "curate.api.results",
    **dict.fromkeys(
        ("find_pii", "identify", "mask", "measure", "minhash", "score", "similarity", "split"),
        "curate.api.texts",
    ),
    **dict.fromkeys(("WorkFolder", "open", "run"), "curate.api.work_folder"),
    "CurateError": "curate.errors",
    **dict.fromkeys(("OwnMetric", "metric_function"), "curate.extra.declare"),
}
"""Name -> the module that has it."""

_OTHER_NAMES: Final = {"open": "open_work"}
"""As the module has them: ``open`` would hide a builtin there."""

__all__ = [
    "CurateError",
    "ExtractedPage",
    "OwnMetric",
    "WorkFolder",
    "__version__",
    "decode",
    "extract",
    "find_pii",
    "identify",
    "mask",
    "measure",
    "metric_function",
    "minhash",
    "open",
    "repair",
    "run",
    "score",
    "similarity",
    "split",
]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A name of the API, loaded now and kept."""
        if name not in _PLACES:
            raise AttributeError(f"module 'curate' has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(_PLACES[name]), _OTHER_NAMES.get(name, name))
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        """Names of the API too, before they are loaded."""
        return sorted({*globals(), *__all__})
