"""Datatrove's extractor call, page by page over pipes, for an environment of its own.

Run by an interpreter that has trafilatura below 1.12, which datatrove requires. A line in is
a page as JSON text; a line out is ``[text, CPU seconds]``. Imports nothing of curate.
"""

from __future__ import annotations

import json
import logging
import sys
import time

import trafilatura


def main() -> None:
    """Answer pages until the input ends."""
    logging.disable(logging.CRITICAL)
    sys.stdout.write(json.dumps(trafilatura.__version__) + "\n")
    sys.stdout.flush()
    for line in sys.stdin:
        html = json.loads(line)
        start = time.process_time()
        # datatrove 0.10: pipeline/extractors/trafilatura.py, with its defaults.
        text = trafilatura.extract(
            html, favor_precision=True, include_comments=False, deduplicate=True
        )
        seconds = time.process_time() - start
        sys.stdout.write(json.dumps([text or "", seconds]) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
