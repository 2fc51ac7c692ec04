"""Steps of datatrove around parts of curate, so that one step can be replaced at a time.

They are ordinary ``PipelineStep`` objects: docs/from-datatrove.md has what each stands for.
"""

from importlib.util import find_spec

from curate.errors import ConfigError

if find_spec("datatrove") is None:
    raise ConfigError(
        "curate.datatrove",
        wanted="datatrove, into whose pipelines these steps go",
        found="it is not installed",
        todo="install it beside curate, with its extra `datatrove`",
    )

from curate.datatrove.filters import LanguageFilter, MetricsFilter
from curate.datatrove.page_extractor import Extractor
from curate.datatrove.signatures import MinhashSignature

__all__ = ["Extractor", "LanguageFilter", "MetricsFilter", "MinhashSignature"]
