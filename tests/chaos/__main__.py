"""Kill workers and drivers at random, resume, and compare: ``python -m tests.chaos --minutes 10``.

What is killed where follows from ``--seed``, which is printed; how far a run is when a signal comes
also depends on the machine. Ends with 1 at the first difference and leaves that folder behind.
"""

from __future__ import annotations

import argparse
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from tests.faults.bucketful import Bucketful
from tests.object_server import BREAK, LOSE_REPLY, ObjectServer, Trouble, object_server
from tests.pipeline.test_kill import AT_THE_END, IN_DRIVER, IN_WORKER
from tests.runs import SMALLEST, attempts_of, corpus_of, curate, environment, write_job
from tests.small_crawl import write_crawl

POINTS = [f"{step}.{point}" for step in SMALLEST for point in (*IN_WORKER, *IN_DRIVER)]
POINTS += AT_THE_END
MOST_RUNS = 40
"""Runs of one round; each but the last two may be killed."""


class Round:
    """One work folder, killed until it is done.

    Args:
        folder: a fresh folder for what this round needs.
        source: the crawl.
        chance: decides everything.
        server: an object store to work in; None for a folder on disk.
    """

    def __init__(
        self, folder: Path, source: Path, chance: random.Random, server: ObjectServer | None
    ) -> None:
        self.chance = chance
        self.kills: Counter[str] = Counter()
        self.bucketful = None if server is None else Bucketful(server, folder.name)
        self.work = folder / "work"
        place = self.work if self.bucketful is None else self.bucketful.address
        self.job = write_job(folder / "job.yaml", source, place)
        self.tokens = folder / "tokens"
        self.tokens.mkdir()

    def run(self) -> None:
        """Run the job again and again until it ends well.

        Raises:
            AssertionError: it never does, or ends in another way than by a kill.
        """
        points = self.chance.sample(POINTS, self.chance.randint(3, 12))
        wishes = [f"{point}::{self.tokens / point}" for point in points]
        for number in range(MOST_RUNS):
            calm = number >= MOST_RUNS - 2
            code, said = self._once([] if calm else wishes, calm=calm)
            if code == 0:
                self.kills["failpoint"] = len(list(self.tokens.iterdir()))
                return
            early = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT)  # no handler yet
            told = (128 + signal.SIGTERM, 128 + signal.SIGINT)
            assert code in early + told, f"exit code {code}: {said}"
            assert code in early or "Traceback" not in said, said
        raise AssertionError("it never came to its end")

    def _once(self, wishes: list[str], *, calm: bool) -> tuple[int, str]:
        workers = self.chance.choice([1, 2, 2, 4])
        command = [sys.executable, "-m", "curate", "run", str(self.job), "--workers", str(workers)]
        more = {} if self.bucketful is None else self.bucketful.server.environment()
        how = self.chance.choice([None, None, signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
        seconds = self.chance.uniform(0.5, 8)
        if self.bucketful is not None:
            self.bucketful.server.troubles = [] if calm else self._troubles()
        with subprocess.Popen(
            command,
            env={**environment(wishes), **more},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                _, said = process.communicate(timeout=None if how is None or calm else seconds)
            except subprocess.TimeoutExpired:
                assert how is not None
                process.send_signal(how)
                self.kills[how.name] += 1
                _, said = process.communicate(timeout=120)
        return process.returncode, said

    def _troubles(self) -> list[Trouble]:
        kinds: list[int | str] = [LOSE_REPLY, BREAK, 409, 412, 500, 503]
        where = ["_commits", "_SEALED", "_plan", "data", "corpus"]
        return [
            Trouble("PUT", self.chance.choice(where), self.chance.choice(kinds), times=2)
            for _ in range(self.chance.randint(0, 5))
        ]

    def check(self, oracle: Path) -> None:
        """Compare what was published, and what was committed, with the undisturbed run."""
        here = self.work
        if self.bucketful is not None:
            self.bucketful.server.troubles = []
            here = self.bucketful.download(here)
        assert corpus_of(here) == corpus_of(oracle), f"another corpus: {here}"
        assert attempts_of(here).keys() == attempts_of(oracle).keys(), f"other shards: {here}"
        found = curate("verify", here)
        assert found.returncode == 0, found.stderr


def main(arguments: list[str]) -> int:
    """Rounds until the time is over; 0 if none differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=10**9, help="at most so many")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--work", choices=["disk", "s3"], default="disk")
    options = parser.parse_args(arguments)
    say(f"seed {options.seed}, work folder on {options.work}")
    until = time.monotonic() + 60 * options.minutes
    folder = Path(tempfile.mkdtemp(prefix="curate-chaos-"))
    write_crawl(folder / "crawl")
    undisturbed = write_job(folder / "job.yaml", folder / "crawl", folder / "oracle")
    assert curate("run", undisturbed).returncode == 0
    with object_server() if options.work == "s3" else nullcontext() as server:
        number = 0
        while number < options.rounds and (number == 0 or time.monotonic() < until):
            place = folder / f"round-{number}"
            place.mkdir()
            one = Round(place, folder / "crawl", random.Random(f"{options.seed} {number}"), server)
            try:
                one.run()
                one.check(folder / "oracle")
            except AssertionError as error:
                say(f"round {number}: DIFFERS: {error}\n  seed {options.seed}, kept in {place}")
                return 1
            shown = ", ".join(f"{n} {what}" for what, n in sorted(one.kills.items()))
            say(f"round {number}: the same after {shown}")
            number += 1
    return 0


def say(text: str) -> None:
    """Tell at once, also into a pipe."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
