"""Labels: ``fra_Latn`` is ISO 639-3, an underscore, ISO 15924. The only form used anywhere.

A label becomes a folder name in the published corpus, so nothing that does not match
:data:`PATTERN` in full may be used as one.
"""

from __future__ import annotations

import re

from curate.errors import ConfigError

PATTERN = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")

NO_LANGUAGE = "zxx_Zxxx"
"""No linguistic content: empty text, or text without a letter (ISO 639-3 ``zxx``)."""

UNDETERMINED = "und"
"""ISO 639-3 code for text whose language no identifier knows; the script is still given."""


def is_label(text: str) -> bool:
    """True if ``text`` is exactly one label, such as ``arb_Arab``."""
    return PATTERN.fullmatch(text) is not None


def require_label(text: str, *, where: str) -> str:
    """Return ``text`` if it is a label.

    Raises:
        ConfigError: ``text`` is not ``xxx_Yyyy``; ``../x`` and ``fra_Latn/..`` end here.
    """
    if is_label(text):
        return text
    raise ConfigError(
        where,
        wanted="a label: ISO 639-3, '_', ISO 15924, such as fra_Latn or cmn_Hani",
        found=repr(text[:80]),
        todo="correct the label; `curate labels` lists those that have a config",
    )


def language_of(label: str) -> str:
    """``fra_Latn`` -> ``fra``."""
    return label[:3]


def script_of(label: str) -> str:
    """``fra_Latn`` -> ``Latn``."""
    return label[4:]
