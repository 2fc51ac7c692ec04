"""Personal data in text: e-mail addresses, public IP addresses and phone numbers, in every script.

Found as spans, never as a verdict; :mod:`curate.pii.mask` puts examples in their place.
"""

from __future__ import annotations

from curate.pii.find import EMAIL, IP_ADDRESS, KINDS, PHONE_NUMBER, PII_VERSION, Span, find
from curate.pii.mask import mask

__all__ = ["EMAIL", "IP_ADDRESS", "KINDS", "PHONE_NUMBER", "PII_VERSION", "Span", "find", "mask"]
