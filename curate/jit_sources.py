"""The sources of a kernel's machine code: its module, and all that it imports of ours.

Numba keeps a kernel as long as the file that it stands in is the same. But functions and constants
of other modules are part of the machine code too: after an upgrade that changes those alone, the
old code would go on. So the stamp of a kernel covers every module that it can be made of.
"""

from __future__ import annotations

import hashlib
import re
import sys
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent

_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(curate[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)"
    rb"|import[ \t]+(curate[\w.]*))",
    re.MULTILINE,
)
_NAME = re.compile(rb"\w+")


def sources_digest(module: str, root: Path = ROOT) -> str:
    """Hexadecimal digest of a module's source and of all modules of the package it rests on.

    Args:
        module: name of a module that is being imported, or was.
        root: folder of the package ``curate``.
    """
    digests: dict[Path, bytes] = {}
    rest = [_file_of(module, root)]
    while rest:
        path = rest.pop()
        if path is None or path in digests:
            continue
        digests[path], imports = _read(path)
        rest += [_file_of(name, root) for name in imports]
    total = hashlib.blake2b(digest_size=16)
    for path in sorted(digests):
        total.update(digests[path])
    return total.hexdigest()


def _file_of(module: str, root: Path) -> Path | None:
    """The source of a module; None for what is none, or has no source."""
    name, *parts = module.split(".")
    if name != "curate":
        file = getattr(sys.modules.get(module), "__file__", None)
        return Path(file) if file else None
    place = root.joinpath(*parts)
    for path in (place.with_suffix(".py"), place / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _read(path: Path) -> tuple[bytes, tuple[str, ...]]:
    """Digest of a file, and what it may import: modules, or names in them."""
    source = path.read_bytes()
    names: dict[str, None] = {}
    for base, imported, alone in _IMPORT.findall(source):
        names[(base or alone).decode()] = None
        for name in _NAME.findall(imported):
            names[f"{base.decode()}.{name.decode()}"] = None
    return hashlib.blake2b(source, digest_size=16).digest(), tuple(names)
