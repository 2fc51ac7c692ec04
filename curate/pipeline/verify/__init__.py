"""Verify: every byte of a corpus and its work folder against what they say of each other."""

from curate.pipeline.verify.run import Verified, verify

__all__ = ["Verified", "verify"]
