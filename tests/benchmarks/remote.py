"""Inputs in an object store and on the web, by fsspec and by obstore: what each reads, how fast.

    python -m tests.benchmarks.remote [--megabytes 128] [--rounds 5]

A server of S3's protocol runs in a process of its own, so CPU time is the reader's alone. Wall time
is mostly that of the server, which is slow.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import boto3
import obstore
from obstore.store import HTTPStore

from curate.io import bucket
from curate.io.remote.listing import find_remote
from curate.io.remote.read import RemoteSource
from tests.benchmarks.tables import table, versions
from tests.io.test_remote_http import Site, served
from tests.object_server import ENVIRONMENT

BLOCK_BYTES = 8 << 20
BUCKET = "s3://crawl"
Seconds = tuple[float, float]
SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print("http://%s:%d" % server.get_host_and_port(), flush=True)
sys.stdin.read()
"""


@contextmanager
def s3() -> Iterator[str]:
    """The address of a server in another process."""
    command = [sys.executable, "-c", SERVER]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, text=True
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.kill()


def by_fsspec(n_bytes: int) -> None:
    """Read the object as a run does."""
    source = RemoteSource(f"{BUCKET}/large")
    for at in range(0, n_bytes, BLOCK_BYTES):
        assert source.read(at, BLOCK_BYTES)
    source.close()


def by_obstore(n_bytes: int) -> None:
    """Read the object by the client of work folders."""
    client = bucket.client(BUCKET)
    for at in range(0, n_bytes, BLOCK_BYTES):
        assert bytes(obstore.get_range(client, "large", start=at, length=BLOCK_BYTES))


def timed(read: Callable[[int], None], n_bytes: int) -> Seconds:
    """CPU and wall seconds."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    read(n_bytes)
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - began
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def succeeds(ask: Callable[[], object]) -> str:
    """``yes``, or the name of the error."""
    try:
        ask()
    except Exception as error:  # each library has its own
        return f"no: {type(error).__name__}"
    return "yes"


def speed(n_bytes: int, rounds: int) -> list[list[str]]:
    """Rows of the table of speeds; the readers take turns."""
    readers = {"fsspec and s3fs": by_fsspec, "obstore": by_obstore}
    seconds: dict[str, list[Seconds]] = {name: [] for name in readers}
    for _ in range(rounds + 1):
        for name, read in readers.items():
            seconds[name].append(timed(read, n_bytes))
    rows = []
    for name, (first, *others) in seconds.items():
        cpu, wall = (statistics.median(column) for column in zip(*others, strict=True))
        rows.append([name, f"{first[0]:.2f}", f"{cpu:.2f}", f"{wall:.2f}"])
    return rows


def abilities() -> list[list[str]]:
    """Rows of the table of what can be read."""
    client = bucket.client(BUCKET)
    rows = [
        [
            "a folder in which a key has an empty name (`a//b`)",
            succeeds(lambda: find_remote([f"{BUCKET}/d/*.txt"])),
            succeeds(lambda: list(obstore.list(client, "d/"))),
        ],
        [
            "the object of such a key",
            succeeds(lambda: RemoteSource(f"{BUCKET}/d//b.txt").read(0, 1)),
            succeeds(lambda: obstore.get(client, "d//b.txt")),
        ],
    ]
    signed = "/x?signature=a%2Bb"
    with served(Site({"/x": b"1" * 1000, signed: b"2"})) as site:
        client_options = {"allow_http": True}
        rows.append(
            [
                "a signed address on the web",
                succeeds(lambda: RemoteSource(site.url + signed).read(0, 1)),
                succeeds(
                    lambda: obstore.get(
                        HTTPStore.from_url(site.url + signed, client_options=client_options), ""
                    )
                ),
            ]
        )
        store = HTTPStore.from_url(site.url, client_options=client_options)
        site.ranges = False
        rows.append(
            [
                "a range from a server that sends whole files",
                succeeds(lambda: RemoteSource(f"{site.url}/x").read(5, 1)),
                succeeds(lambda: obstore.get_range(store, "x", start=5, length=1)),
            ]
        )
        site.sized = False
        rows.append(
            [
                "a file whose size the server does not tell",
                succeeds(lambda: RemoteSource(f"{site.url}/x").read(5, 1)),
                succeeds(lambda: obstore.get(store, "x").bytes()),
            ]
        )
    return rows


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=128, help="size of the object")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    n_bytes = options.megabytes << 20
    with s3() as endpoint:
        os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL=endpoint)
        made = boto3.resource("s3", endpoint_url=endpoint).Bucket("crawl")
        made.create()
        made.put_object(Key="large", Body=bytes(n_bytes))
        rows = speed(n_bytes, options.rounds)
        for key in ("d/a.txt", "d//b.txt"):
            made.put_object(Key=key, Body=b"text")
        head = ["reader", "CPU s, first", "CPU s, median", "wall s, median"]
        print(f"{options.megabytes} MiB of one object, in ranges of {BLOCK_BYTES >> 20} MiB\n")  # noqa: T201
        print(table(head, rows))  # noqa: T201
        print(table(["reads", "fsspec and s3fs", "obstore"], abilities()))  # noqa: T201
    print(versions())  # noqa: T201


if __name__ == "__main__":
    main()
