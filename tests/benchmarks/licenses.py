"""Precision and recall of the licences that pages declare, and what looking for them costs.

    python -m tests.benchmarks.licenses [--data DIR]

On the made pages of :mod:`tests.robots.license_pages`, and on the real ones of the data beside the
checkout. Of these every page was read that names Creative Commons or has ``rel=license``, 35 of
1,487; what a reader would say of it stands in ``READ``, and of all others nothing.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from curate.html.service import extract_payload, warm_up
from curate.robots.licenses import page_license
from curate.robots.opt_out import as_ascii
from curate.robots.page_signs import page_signs
from tests.robots.license_pages import made_pages

ROOT = Path(__file__).parents[2]
GOLD = ("gold/pages.jsonl.zst", "gold/crawl.jsonl.zst")
ROUNDS = 5

READ = {
    "ElDiario.es": "CC-BY-NC-4.0",
    "https://wiki.archlinux.org/title/Sudo": "GFDL-1.3-or-later",
    "https://wiki.archlinux.org/title/Systemd": "GFDL-1.3-or-later",
    "https://wiki.archlinux.org/title/Pacman": "GFDL-1.3-or-later",
    "https://arxiv.org/abs/2512.16245": "CC-BY-NC-ND-4.0",
    "https://sam.bossley.com/thoughts/25/08/thoughts-on-zig": "CC-BY-NC-4.0",
    "https://blog.codefarm.me/2025/12/18/raw-http-message-logging-for-net-h": "CC-BY-NC-SA-4.0",
    "https://csrankings.org/": "CC-BY-NC-ND-4.0",
    "https://www.digitalocean.com/community/tutorials/n8n-workflow-automati": "CC-BY-NC-SA-4.0",
    "https://www.dpconline.org/blog/ai-powered-metadata-workflows-at-icaew-": "CC-BY-NC-SA-4.0",
    "https://wiki.gentoo.org/wiki/Portage": "CC-BY-SA-4.0",
    "https://mostly-adequate.gitbook.io/mostly-adequate-guide": "CC-BY-SA-4.0",
    "https://cloud.google.com/bigquery/docs/introduction": "CC-BY-4.0",
    "https://cloud.google.com/iam/docs/overview": "CC-BY-4.0",
    "https://ai.google.dev/gemma/docs/functiongemma": "CC-BY-4.0",
    "https://hechingerreport.org/proof-points-tutoring-effectiveness/": "CC-BY-NC-ND-4.0",
    "https://www.instructables.com/How-To-Make-Furniture/": "CC-BY-NC-SA-4.0",
    "https://mhealth.jmir.org/2019/6/e14273": "CC-BY-4.0",
    "https://mises.org/friday-philosophy/nagel-reason": "CC-BY-NC-ND-4.0",
    "https://modernfarmer.com/2021/10/gardening-shows-to-watch/": "CC-BY-ND-4.0",
    "https://writingcenter.unc.edu/tips-and-tools/book-reviews/": "CC-BY-NC-ND-4.0",
    "https://coerll.utexas.edu/coerll/materials/language/spanish/": "CC-BY-4.0",
    "https://en.wikipedia.org/wiki/List_of_programming_languages": "CC-BY-SA-4.0",
    "https://en.wikipedia.org/wiki/List_of_Nobel_laureates": "CC-BY-SA-4.0",
    "https://en.wikipedia.org/wiki/Category:Programming_languages": "CC-BY-SA-4.0",
    "https://www.zotero.org/support/searching": "CC-BY-NC-SA-2.0",
    "http://www.impulsocompetitivo.gob.cl/": "CC-BY-2.0",
}
"""Beginning of an address, 70 characters at most -> the licence that its page has, as read."""

Labelled = tuple[bytes, str | None]


def real_pages(data: Path, names: Sequence[str]) -> Iterator[Labelled]:
    """Pages of gold sets, with what was read of them."""
    for name in names:
        stored = pa.input_stream(str(data / name), compression="zstd").read().decode()
        for page in map(json.loads, filter(None, stored.split("\n"))):
            yield page["html"].encode("utf-8", "replace"), READ.get(str(page["url"])[:70])


def scores(pages: Iterable[Labelled]) -> dict[str, float]:
    """Pages, those with a licence, those told rightly, precision and recall."""
    n = truth = told = right = 0
    for html, label in pages:
        answer = page_license(html).license
        n += 1
        truth += label is not None
        told += answer is not None
        right += answer is not None and answer == label
    return {
        "pages": n,
        "with a licence": truth,
        "told": told,
        "right": right,
        "precision": round(right / told, 3) if told else 1.0,
        "recall": round(right / truth, 3) if truth else 1.0,
    }


def cost(pages: list[bytes]) -> dict[str, float]:
    """Least microseconds of CPU time a page, of some rounds: extraction, and signs and licence."""
    warm_up()
    best = {"extraction": float("inf"), "signs and licence": float("inf")}
    for _ in range(ROUNDS):
        begin = time.process_time()
        for page in pages:
            extract_payload(page, None)
        middle = time.process_time()
        for page in pages:
            whole = as_ascii(page, len(page))
            lower = whole.lower()
            page_signs((), whole, lower)
            page_license(whole, lower)
        end = time.process_time()
        spent = {"extraction": middle - begin, "signs and licence": end - middle}
        best = {name: min(best[name], t * 1e6 / len(pages)) for name, t in spent.items()}
    return {name: round(t, 1) for name, t in best.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--quick", action="store_true", help="one set of real pages")
    options = parser.parse_args()
    data, sets = options.data, GOLD[-1:] if options.quick else GOLD
    print("made", scores((page.html, page.license) for page in made_pages()))  # noqa: T201
    print("real", scores(real_pages(data, sets)))  # noqa: T201
    crawled = [html for html, _ in real_pages(data, sets)][-83:]
    print("cost on crawled pages, microseconds", cost(crawled))  # noqa: T201


if __name__ == "__main__":
    main()
