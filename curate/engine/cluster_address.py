"""Which Ray cluster to use, found without importing Ray."""

from __future__ import annotations

import os

from curate.errors import ConfigError


def ray_address(given: str | None) -> str | None:
    """The given address, else ``RAY_ADDRESS``, else None.

    Raises:
        ConfigError: it is that of a web page, such as the dashboard's.
    """
    address = given or os.environ.get("RAY_ADDRESS") or None
    if address is not None and address.lower().startswith(("http://", "https://")):
        raise ConfigError(
            f"Ray at {address}" if given else f"RAY_ADDRESS={address}",
            wanted="the address of a Ray cluster: HOST:6379 on one of its machines, or "
            "ray://HOST:10001 from outside",
            found="the address of a web page: it is for `ray job submit`",
            todo="give one of the two, or start the job with `ray job submit`",
        )
    return address
