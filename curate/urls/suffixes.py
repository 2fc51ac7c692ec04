"""Public suffixes: below which names people register, such as ``co.uk``.

The list is the snapshot that comes with tldextract, with the suffixes of registries alone: a page
of a blog host belongs to the host, as it does for datatrove. Nothing is fetched.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from curate.urls.address import canonical

if TYPE_CHECKING:
    from tldextract import TLDExtract


@cache
def _extractor() -> TLDExtract:
    from tldextract import TLDExtract  # imports an HTTP client, which costs a tenth of a second

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def registered_domain(url: str) -> str | None:
    """The name that was registered, in Unicode: ``"http://a.b.co.uk/"`` -> ``"b.co.uk"``.

    None for an IP address, a public suffix itself and a name that has no known suffix.
    """
    host, _ = canonical(url)
    domain = _extractor().extract_str(host).top_domain_under_public_suffix
    return domain or None


@cache
def public_suffixes() -> frozenset[str]:
    """Every suffix of the list, in Unicode; those with a wildcard are not part of it."""
    return frozenset(_extractor().tlds)
