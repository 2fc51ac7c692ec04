"""Writing folders of tuned configs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfig
from curate.io.whole import make_folder, write_whole
from curate.tune.config_yaml import to_yaml


def write_configs(target: Path, base: Path, configs: Mapping[str, LanguageConfig]) -> None:
    """Write a folder that can be used as it is: the base's files, and these over them."""
    make_folder(target)
    shipped = base == builtin_folder("language_configs")
    for path in sorted([*base.glob("*.yaml"), *base.glob("_script/*.yaml")]):
        name = path.relative_to(base).with_suffix("").as_posix()
        place = target / f"{name}.yaml"
        data = path.read_bytes()
        if name not in configs and not _stands(place, data, is_kept=shipped):
            write_whole(place, data)
    for label, config in configs.items():
        place = target / f"{label}.yaml"
        if not _same_but_for_date(place, config):
            write_whole(place, to_yaml(config).encode())


def _stands(place: Path, data: bytes, *, is_kept: bool) -> bool:
    """Whether a file is there that shall stay: the same one, or one that a user has edited.

    The beginning of what would be written is neither: an older version was killed as it wrote.
    """
    if not place.exists():
        return False
    before = place.read_bytes()
    return before == data or (is_kept and not data.startswith(before))


def _same_but_for_date(place: Path, config: LanguageConfig) -> bool:
    if not place.exists():
        return False
    before = place.read_text(encoding="utf-8")
    dates = [line for line in before.splitlines() if line.strip().startswith("date:")]
    after = to_yaml(config)
    ours = [line for line in after.splitlines() if line.strip().startswith("date:")]
    if len(dates) != 1 or len(ours) != 1:
        return before == after
    return before == after.replace(ours[0], dates[0])
