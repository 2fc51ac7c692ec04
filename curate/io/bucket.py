"""Object stores as they are asked: one client an address, patience with busy servers, errors.

Addresses are ``scheme://bucket/key``. Settings and credentials come from the environment, as for
other programs: ``AWS_*``, ``GOOGLE_*``, ``AZURE_*``, and for S3 also from ``~/.aws``.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from curate.errors import StoreError
from curate.io.process.patience import Pauses

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Client

Answer = TypeVar("Answer")

_STATUS = re.compile(r"status(?: code)?:? (\d{3})")
_AGAIN = frozenset({408, 409, 425, 429})
NOT_IMPLEMENTED: Final = 501

SCHEMES = ("s3", "gs", "az", "abfs", "abfss")

RETRY: Any = {
    "max_retries": 2,
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=1)},
    "retry_timeout": timedelta(minutes=3),
}
"""Retries that the client makes by itself, without a word; :func:`ask` goes on from there."""

TIMEOUT_SECONDS = 120
CHUNK_BYTES = 16 << 20
"""Files above this size are uploaded in parts of it, several at once."""


def split(address: str) -> tuple[str, str]:
    """``s3://bucket/a/b`` -> ``("s3://bucket", "a/b")``.

    Raises:
        StoreError: curate cannot commit to stores of that scheme.
    """
    scheme, _, rest = address.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme not in SCHEMES or not bucket:
        raise StoreError(
            f"work folder {address!r}",
            wanted=f"a folder, or an address such as {'://…, '.join(SCHEMES)}://…",
            found=f"the scheme {scheme!r}" if bucket else "an address without a bucket",
            todo="name a local or network-mounted folder, or a prefix in an object store",
        )
    return f"{scheme}://{bucket}", key.strip("/")


@lru_cache(maxsize=8)
def client(bucket: str) -> Client:
    """The client of one bucket, kept by this process.

    Raises:
        StoreError: the environment's settings are not understood.
    """
    from obstore.store import from_url  # 30 ms that runs in local folders do without

    options: Any = {"timeout": timedelta(seconds=TIMEOUT_SECONDS)}
    more: Any = {}
    if bucket.startswith("s3://"):
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        if endpoint:
            more["endpoint"] = endpoint
            options["allow_http"] = endpoint.startswith("http://")
        more |= _of_profile()
    with explained(bucket, "connect to"):
        opened: Client = from_url(bucket, client_options=options, retry_config=RETRY, **more)
    return opened


def _of_profile() -> dict[str, Any]:
    """Credentials and region of ``~/.aws``, where the environment has none itself."""
    from pathlib import Path

    files = [os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), "~/.aws/config"]
    if os.environ.get("AWS_ACCESS_KEY_ID") or not any(
        Path(f).expanduser().is_file() for f in files
    ):
        return {}
    from botocore.session import Session

    session = Session()
    credentials = session.get_credentials()
    settings: dict[str, Any] = {}
    if region := session.get_config_variable("region"):
        settings["region"] = region
    if credentials is not None:

        def provide() -> dict[str, Any]:
            now = credentials.get_frozen_credentials()  # renews what has run out
            given = {"access_key_id": now.access_key, "secret_access_key": now.secret_key}
            return {**given, "token": now.token, "expires_at": None}

        settings["credential_provider"] = provide
    return settings


def ask(address: str, action: str, request: Callable[[], Answer]) -> Answer:
    """The answer to a request, made again for as long as a failure may pass.

    Args:
        address: what it is about.
        action: what is to be done there, for the error.
        request: may be made several times.

    Raises:
        StoreError: the store refuses, or does not answer in ``io.retry_seconds``.
        FileNotFoundError, NotFoundError: there is nothing.
    """
    waiting = Pauses(address)
    while True:
        try:
            return request()
        except Exception as error:
            if is_absent(error):
                raise
            if not (may_pass(error) and waiting.wait(said_by(error))):
                raise explain(error, address, action) from error


def may_pass(error: Exception) -> bool:
    """Whether the same request may work later: 5xx, 408, 409, 425, 429, a connection broken."""
    if type(error).__name__ != "GenericError":
        return isinstance(error, ConnectionError | TimeoutError)
    status = status_of(error)
    return status is None or status in _AGAIN or (status >= 500 and status != NOT_IMPLEMENTED)


def status_of(error: Exception) -> int | None:
    """The HTTP status that an error of a client tells of, if any."""
    status = _STATUS.search(str(error))
    return None if status is None else int(status[1])


@contextlib.contextmanager
def explained(address: str, action: str) -> Iterator[None]:
    """Raise what the store refuses within as a StoreError."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        raise explain(error, address, action) from error


def explain(error: Exception, address: str, action: str) -> StoreError:
    """Say what an error of the object store means and what to do."""
    kind = type(error).__name__
    todo = "run the same command again when the store answers: finished shards are kept"
    if kind in ("PermissionDeniedError", "UnauthenticatedError", "PermissionError"):
        todo = "check the address and the credentials in the environment (AWS_*, GOOGLE_*, AZURE_*)"
    elif "No such bucket" in str(error) or "NoSuchBucket" in str(error):
        todo = "make the bucket, or name another"
    elif kind in ("UnknownConfigurationKeyError", "ValueError"):
        todo = "correct the store's settings in the environment"
    return StoreError(address, wanted=f"to {action} here", found=said_by(error)[:400], todo=todo)


def said_by(error: Exception) -> str:
    """The message of a client's error, on one line."""
    return " ".join(str(error).split("\n\nDebug source")[0].split())


def is_absent(error: Exception) -> bool:
    """Whether the error says that there is nothing under the key."""
    return isinstance(error, FileNotFoundError) or type(error).__name__ == "NotFoundError"
