"""Whether another revision makes the same corpus: manifests and fingerprints of all plans.

A change that only moves or renames things is to leave both as they are:

    python -m tests.same_corpus HEAD~1
    python -m tests.same_corpus HEAD~1 --input '../shared/data/real_pages_wide.warc.gz'
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "curate" / "data" / "sample" / "*.warc.gz"
FILES = ("corpus/manifest.json", "**/_plan.json")


def check_out(revision: str, folder: Path) -> Path:
    """A folder with the files of a revision."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", revision], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def make_corpus(source: Path, given: str, work: Path) -> Path:
    """A finished work folder over ``given``, made by the package in ``source``."""
    job = ["jobs/demo.yaml", "--set", f"input={given}", "--set", f"work={work}"]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    subprocess.run(
        [sys.executable, "-m", "curate", "run", *job],
        cwd=source,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return work


def results_of(work: Path) -> dict[str, str]:
    """SHA-256 of the manifest, and the fingerprint of each plan, by path."""
    results = {}
    for path in sorted(p for pattern in FILES for p in work.glob(pattern)):
        data = path.read_bytes()
        is_plan = path.name == "_plan.json"
        value = json.loads(data)["fingerprint"] if is_plan else hashlib.sha256(data).hexdigest()
        results[path.relative_to(work).as_posix()] = value
    return results


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """A line for each path at which two results differ."""
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            yield f"{path}: {before.get(path, 'not there')} -> {after.get(path, 'not there')}"


def main() -> int:
    """Compare a revision with the files as they are here; 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("revision", help="a revision to compare with")
    parser.add_argument("--to", help="a revision in place of the files as they are here")
    parser.add_argument("--input", default=str(SAMPLE), help="input of the run; the sample")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [check_out(options.revision, folder / "before"), ROOT]
        if options.to:
            sources[1] = check_out(options.to, folder / "after")
        given = str(Path(options.input).absolute())
        before, after = (
            results_of(make_corpus(source, given, folder / f"work-{i}"))
            for i, source in enumerate(sources)
        )
    lines = list(differences(before, after))
    equal = f"the manifest and the fingerprints of {len(after) - 1} plans are equal"
    sys.stdout.write("\n".join(lines or [equal]) + "\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
