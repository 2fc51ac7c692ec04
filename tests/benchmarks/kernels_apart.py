"""What is measured in processes of its own: cold compilation, and memory of a whole task."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parents[2]
PAGE_BYTES = 4_000
_BLOCK = 2_000

_COMPILE = "from curate.stages.kernels import compile_kernels; compile_kernels()"
_RUN = """
import json, resource, sys, time
from curate.cli import main
start = time.monotonic()
code = main(sys.argv[1:])
spent = time.monotonic() - start
usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"code": code, "seconds": spent, "kib": [one.ru_maxrss for one in usage]}))
"""


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def cold_compilation() -> list[list[str]]:
    """CPU and wall seconds of a first and of a later process: imports, and compiling or loading."""
    rows = []
    with tempfile.TemporaryDirectory() as cache:
        for name in ("compiled, at first use on a machine", "loaded, in every later process"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall = float(
                subprocess.run(
                    [sys.executable, "-c", f"import time; t = time.monotonic(); {_COMPILE}; "
                     "print(time.monotonic() - t)"],
                    env=_environment(NUMBA_CACHE_DIR=cache),
                    capture_output=True,
                    text=True,
                    check=True,
                ).stdout
            )  # fmt: skip
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            rows.append([name, f"{cpu:.1f}", f"{wall:.1f}"])
    return rows


def memory(n: int, texts: Sequence[str]) -> list[list[str]]:
    """One shard of ``n`` documents of 4 kB through identify, annotate and sign, by one worker.

    The kernels are compiled before, and the greatest resident size is that of the largest process.
    """
    lines = [line for text in texts for line in text.split("\n") if line.strip()]
    subprocess.run([sys.executable, "-c", _COMPILE], env=_environment(), check=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "documents.parquet"
        n_chars = _write(source, n, lines)
        arguments = ["run", "--workers", "1", "--until", "sign", "--set", f"input={source}"]
        arguments += ["--set", f"work={folder}/work", "--set", "name=memory"]
        arguments += ["--set", "snapshot=memory", str(_job(Path(folder)))]
        answer = subprocess.run(
            [sys.executable, "-c", _RUN, *arguments],
            env=_environment(),
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(answer.stdout.splitlines()[-1])
    if found["code"] != 0:
        raise RuntimeError(answer.stderr)
    mebibytes = max(found["kib"]) / 1024
    return [[f"{n:,}", f"{n_chars:,}", f"{mebibytes:.0f}", f"{n / found['seconds']:,.0f}"]]


def _job(folder: Path) -> Path:
    path = folder / "job.yaml"
    path.write_text("name: memory\n", encoding="utf-8")
    return path


def _write(path: Path, n: int, lines: Sequence[str]) -> int:
    """Documents of about 4 kB from the lines; every one has lines of its own at its place."""
    at = n_chars = 0
    with pq.ParquetWriter(path, pa.schema({"id": pa.string(), "text": pa.string()})) as writer:
        for start in range(0, n, _BLOCK):
            texts = []
            for number in range(start, min(n, start + _BLOCK)):
                parts, n_bytes = [f"{number}"], 0
                while n_bytes < PAGE_BYTES:
                    parts.append(lines[at % len(lines)])
                    n_bytes += len(parts[-1].encode()) + 1
                    at += 1
                texts.append("\n".join(parts))
                n_chars += len(texts[-1])
            names = [f"{number}" for number in range(start, start + len(texts))]
            writer.write_table(pa.table({"id": names, "text": texts}))
    return n_chars
