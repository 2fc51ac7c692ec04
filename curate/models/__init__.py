"""Model files: whether they are whole, what their bytes are, and the packages that read them."""

from __future__ import annotations

from curate.models.named_files import digest_of, refuse_pointer, require_file, sampled_digest_of
from curate.models.packages import load_package

__all__ = ["digest_of", "load_package", "refuse_pointer", "require_file", "sampled_digest_of"]
