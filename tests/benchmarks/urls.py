"""Lists of addresses: what an entry takes, how long a list takes to read, and look-ups a second.

    python -m tests.benchmarks.urls [--entries N] [--rounds N]

A made list of domains, and addresses of which a seventh is hit; CPU time of one process, medians.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from curate.urls.filter import UrlFilter
from tests.benchmarks.tables import table, versions

ADDRESSES = 200_000
HIT_EVERY = 7


def domains(n: int) -> list[str]:
    """Lines of a list."""
    return [f"site{i}.example" for i in range(n)]


def addresses(n: int) -> list[str]:
    """Addresses of pages; one in ``HIT_EVERY`` is of a site among the first ``n``."""
    return [
        f"http://www.site{i % n if i % HIT_EVERY == 0 else n + i}.example/some/path/{i}.html?x=1"
        for i in range(ADDRESSES)
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    lines, pages = domains(options.entries), addresses(options.entries)
    UrlFilter.from_lists(domains=lines[:10]).check(pages[:10])  # compiles
    begin = time.process_time()
    compiled = UrlFilter.from_lists(domains=lines)
    reading = time.process_time() - begin
    seconds = []
    for _ in range(options.rounds):
        begin = time.process_time()
        hits = compiled.check(pages)
        seconds.append(time.process_time() - begin)
    n_hits = sum(hit == "domain" for hit in hits)
    assert n_hits == -(-ADDRESSES // HIT_EVERY), n_hits
    rate = ADDRESSES / statistics.median(seconds)
    row = (f"{options.entries:,}", f"{reading:.1f} s", f"{rate:,.0f}")
    head = ("entries", "read in", "addresses looked up a second")
    sys.stdout.write(f"{versions()}\n\n{table(head, [row])}")


if __name__ == "__main__":
    main()
