"""curate's thresholds in the format that FineWeb2 published, by the codes of fastText's lid.176."""

from __future__ import annotations

from itertools import product
from string import ascii_lowercase
from typing import Any

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.config.of_fineweb2.export import export_config
from curate.errors import ConfigError
from curate.lid.codes import model_label


def published_by_code() -> dict[str, dict[str, Any]]:
    """Language code -> FineWeb2's ten keys; codes of languages without a config are left out.

    A language with several scripts has the thresholds of the first that it lists.
    """
    configs = LanguageConfigs.load(builtin_folder("language_configs"))
    labels: dict[str, str] = {}
    for label in configs.labels:
        labels.setdefault(label.partition("_")[0], label)
    codes = [*map("".join, product(ascii_lowercase, repeat=2)), *labels]
    found = {}
    for code in codes:
        label = labels.get(model_label(code)[0], "")
        if label:
            try:
                exported = export_config(configs.for_label(label), where=label)
            except ConfigError:  # too few stop words for FineWeb2's rule
                continue
            found[code] = exported.published.model_dump(mode="json")
    return found
