"""Personal data in text: e-mail addresses, public IP addresses and phone numbers, in every script.

Account and card numbers can be asked for. All are found as spans, never as a verdict;
:mod:`curate.pii.mask` puts examples in their place.
"""

from __future__ import annotations

from curate.pii.find import (
    CARD_NUMBER,
    DEFAULT_KINDS,
    EMAIL,
    IBAN,
    IP_ADDRESS,
    KINDS,
    PHONE_NUMBER,
    PII_VERSION,
    Span,
    find,
)
from curate.pii.mask import mask

__all__ = [
    "CARD_NUMBER",
    "DEFAULT_KINDS",
    "EMAIL",
    "IBAN",
    "IP_ADDRESS",
    "KINDS",
    "PHONE_NUMBER",
    "PII_VERSION",
    "Span",
    "find",
    "mask",
]
