"""Functions of the user's own by the names that a job has for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.metadata import entry_points
from operator import attrgetter
from typing import Final

from curate.errors import ConfigError
from curate.extra.declare import MetricFunction, OwnMetric

GROUP: Final = "curate.metrics"
"""Entry points of packages that bring functions along."""

_ADDRESS: Final = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")
_IMPORTABLE: Final = (
    "install the package that has it beside curate, on every machine that runs tasks, or name its "
    "folder in PYTHONPATH"
)


def is_name(name: str) -> bool:
    """Whether a function may be called so: ``module:function``, or an entry point's name."""
    return _ADDRESS.fullmatch(name) is not None or re.fullmatch(r"[\w.-]+", name) is not None


def address_of(name: str) -> str:
    """``module:function`` of what a job names.

    Raises:
        ConfigError: no installed package has an entry point of that name, or two have.
    """
    if ":" in name:
        return name
    known = entry_points(group=GROUP)
    values = sorted({point.value for point in known if point.name == name})
    if len(values) == 1:
        return values[0]
    listed = ", ".join(sorted({point.name for point in known})) or "none"
    raise ConfigError(
        _where(name),
        wanted=f"an entry point of the group `{GROUP}`, or a function as `module:function`",
        found=f"{len(values)} packages that have it: {', '.join(values)}" if values else listed,
        todo="name the function itself" if values else _IMPORTABLE,
    )


@lru_cache(maxsize=64)
def load_function(name: str) -> MetricFunction:
    """The function that a job names.

    Raises:
        ConfigError: there is none, its module cannot be imported, or it is not declared.
    """
    module_name, _, attribute = address_of(name).partition(":")
    try:
        function = attrgetter(attribute)(import_module(module_name))
    except Exception as error:  # whatever a module of somebody's does when it is imported
        raise ConfigError(
            _where(name),
            wanted=f"a module `{module_name}` that can be imported, with `{attribute}` in it",
            found=f"{type(error).__name__}: {error}"[:300],
            todo=_IMPORTABLE,
        ) from error
    if isinstance(function, MetricFunction):
        return function
    raise ConfigError(
        _where(name),
        wanted="a function that says what it gives",
        found=f"a plain {type(function).__name__}",
        todo="put @curate.metric_function(version=..., metrics=[...]) above it",
    )


def own_metrics(names: Sequence[str]) -> dict[str, OwnMetric]:
    """Column -> its metric, of some functions in their order.

    Raises:
        ConfigError: a function cannot be loaded, or two give the same column.
    """
    metrics: dict[str, OwnMetric] = {}
    for name in names:
        for metric in load_function(name).metrics:
            column = metric.column.name
            if column in metrics:
                raise ConfigError(
                    _where(name),
                    wanted="columns that no other function of the job gives",
                    found=f"`{column}` twice",
                    todo="rename it in one of them",
                )
            metrics[column] = metric
    return metrics


def _where(name: str) -> str:
    return f"annotate.extra: {name}"
