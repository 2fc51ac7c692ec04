"""An S3 server on this machine that loses replies and refuses requests as it is told.

It is moto's server of the S3 protocol, spoken to over HTTP; only what goes wrong is added here.
"""

from __future__ import annotations

import logging
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

BUCKET = "bucket"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}
Start = Callable[..., Any]
LOSE_REPLY, BREAK, IGNORE_CONDITION = "lose the reply", "break", "ignore the condition"


@dataclass
class Trouble:
    """What goes wrong, and with which requests.

    Attributes:
        method: ``PUT``, ``GET``, ...
        key: a regular expression that the path holds.
        how: a status to answer with and do nothing, or one of the words above.
        times: how often; then the server is well again.
        seen: how often it was.
    """

    method: str
    key: str
    how: int | str
    times: int = 1
    seen: int = 0


@dataclass
class ObjectServer:
    """The server and its troubles."""

    troubles: list[Trouble] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    endpoint: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _app: Any = field(default_factory=lambda: DomainDispatcherApplication(create_backend_app))

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """One request; one at a time, so that a condition and its PUT are one step."""
        with self._lock:
            method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            self.requests.append((method, path))
            trouble = self._due(method, path)
            if trouble is None:
                return self._answer(environ, start)
            if trouble.how == BREAK:
                return self._hang_up(environ)
            if trouble.how == IGNORE_CONDITION:
                environ.pop("HTTP_IF_NONE_MATCH", None)
                return self._answer(environ, start)
            if trouble.how == LOSE_REPLY:
                self._answer(environ, lambda *_, **__: None)
                return self._hang_up(environ)
            code = {409: "ConditionalRequestConflict", 412: "PreconditionFailed"}.get(
                int(trouble.how), "SlowDown"
            )
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            start(f"{trouble.how} Trouble", [("Content-Type", "application/xml")])
            return [f"<Error><Code>{code}</Code><Message>as told</Message></Error>".encode()]

    def _due(self, method: str, path: str) -> Trouble | None:
        for trouble in self.troubles:
            fits = trouble.method == method and re.search(trouble.key, path)
            if fits and trouble.seen < trouble.times:
                trouble.seen += 1
                return trouble
        return None

    def _answer(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        found: Iterable[bytes] = self._app(environ, start)
        return list(found)

    def _hang_up(self, environ: dict[str, Any]) -> Iterable[bytes]:
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionError  # which werkzeug passes over

    @contextmanager
    def trouble(self, *troubles: Trouble) -> Iterator[None]:
        """Go wrong within, as told; every trouble has to have been met."""
        self.troubles = list(troubles)
        try:
            yield
        finally:
            self.troubles = []
        assert all(t.seen for t in troubles), [t for t in troubles if not t.seen]

    def environment(self) -> dict[str, str]:
        """What curate needs to find it."""
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.endpoint}

    def keys(self, prefix: str) -> list[str]:
        """What lies below a prefix, without it."""
        pages = (
            self.client().get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        )
        found = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        return [key.removeprefix(prefix) for key in found]

    def client(self) -> Any:  # noqa: ANN401 - boto3's
        """Another client, which knows nothing of curate's."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            region_name="us-east-1",
        )


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: ANN401 - theirs
        """Say nothing."""


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """A server with one empty bucket."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ObjectServer()
    listening = make_server("127.0.0.1", 0, server, threaded=True, request_handler=_Quiet)
    server.endpoint = f"http://127.0.0.1:{listening.server_port}"
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    try:
        server.client().create_bucket(Bucket=BUCKET)
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
