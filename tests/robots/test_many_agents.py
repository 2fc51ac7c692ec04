"""A robots.txt with many names and many rules is read in little memory."""

from __future__ import annotations

import tracemalloc

from curate.robots.site_files import robots_usage


def test_thousands_of_agents_do_not_multiply_with_the_rules() -> None:
    names = b"".join(b"User-agent: b%d\n" % i for i in range(10_000))
    body = b"User-agent: *\n" + names + b"Content-Usage: train-ai=n\n" * 4_000
    tracemalloc.start()
    usage = robots_usage(body, ["CCBot"])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert ("aipref", "train-ai=n") in usage["CCBot"].statements(b"/")
    assert peak < 64 << 20
