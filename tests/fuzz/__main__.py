"""Fuzz the parsers: ``python -m tests.fuzz [--minutes 5] [--seed N] [TARGET ...]``.

Prints the seed; at the first failure the input as Python has it, and ends with 1.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import time
import traceback

from tests.fuzz.targets import TARGETS, mutated


def main(arguments: list[str]) -> int:
    """Go through the targets until the time is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)  # noqa: T201 - a command
    chance = random.Random(options.seed)
    names = options.targets or list(TARGETS)
    until, n = time.monotonic() + 60 * options.minutes, 0
    while time.monotonic() < until:
        name = chance.choice(names)
        target, seeds = TARGETS[name]
        data = mutated(chance.choice(seeds), chance)
        try:
            target(data)
        except Exception:
            traceback.print_exc()
            print(f"{name} fails on {data!r}")  # noqa: T201 - a command
            return 1
        n += 1
    print(f"{n:,} inputs, no failure")  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
