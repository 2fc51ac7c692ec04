"""datatrove's side: its own steps from WARC to deduplicated JSONL, with the CPU time of each.

    PYTHON end_to_end_datatrove.py SETTINGS.json

Run by an interpreter that has ``datatrove[io,processing]`` and its tokenisers; imports nothing of
curate. The steps are called in this process one after the other, as datatrove's executor calls
them, so that nothing of executors is in the numbers. The three quality filters and the four
MinHash steps exist once for each language, with thresholds of its own, as in FineWeb2
(huggingface/fineweb-2, fineweb-2-pipeline.py); here the filters of all languages share one pass
over the documents, which saves writing and reading them once.
"""

# mypy: disable-error-code="import-not-found"
from __future__ import annotations

import json
import logging
import os
import resource
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import trafilatura
from datatrove.pipeline.dedup.minhash import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import (
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LanguageFilter,
    URLFilter,
)
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.readers import JsonlReader, WarcReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.word_tokenizers import TibetanTokenizer, load_word_tokenizer
from fasttext.FastText import _FastText
from loguru import logger
from tldextract import TLDExtract

Step = Any
Json = dict[str, Any]

CPU: defaultdict[str, float] = defaultdict(float)
"""Seconds in each step, without the steps that feed it."""
LOADING = "start"
ENGLISH = "en"
N_BUCKETS = 14
_SAMPLE_URL = "https://www.example.org/"


class Clock:
    """CPU seconds that pass while the next document of a step is awaited, loading aside."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def watch(self, data: Iterable[Any]) -> Iterator[Any]:
        """The same documents."""
        iterator = iter(data)
        while True:
            loaded, start = CPU[LOADING], time.process_time()
            item = next(iterator, None)
            self.seconds += time.process_time() - start - (CPU[LOADING] - loaded)
            if item is None:
                return
            yield item


def run(*steps: tuple[str, Step]) -> None:
    """Pull all documents through the steps; the last of them may be one that gives none."""
    clocks, below, data = [], 0.0, None
    loaded, start = CPU[LOADING], time.process_time()
    for _, step in steps:
        data = step(data, 0, 1)
        if data is not None:
            clocks.append(Clock())
            data = clocks[-1].watch(data)
    for _ in data or ():
        pass
    total = time.process_time() - start - (CPU[LOADING] - loaded)
    times = [clock.seconds for clock in clocks]
    for (name, _), seconds in zip(steps, [*times, total], strict=False):
        CPU[name] += seconds - below
        below = seconds


class ByLanguage(BaseFilter):  # type: ignore[misc] # no types
    """One of its filters for each language; made, and its tokeniser loaded, when first needed."""

    def __init__(self, kind: str, settings: Json) -> None:
        super().__init__()
        self.name = kind
        self._kind, self._settings = kind, settings
        self._filters: dict[str, BaseFilter] = {}

    def filter(self, doc: Any) -> Any:  # noqa: ANN401 - no types
        """What the filter of the document's language says."""
        code = doc.metadata["language"]
        if code not in self._filters:
            start = time.process_time()
            self._filters[code] = self._made(code)
            CPU[LOADING] += time.process_time() - start
        try:
            return self._filters[code].filter(doc)
        except ZeroDivisionError:  # a text without a word, with which datatrove loses the file
            return False, "ZeroDivisionError"

    def _made(self, code: str) -> BaseFilter:
        published = self._settings["published"]
        config = published.get(code, published[ENGLISH])
        return filter_of(self._kind, config, language_of(code))


def language_of(code: str) -> str:
    """The code itself if datatrove has a tokeniser for it that can be loaded, else English."""
    try:
        tokenizer = load_word_tokenizer(code)
        if isinstance(tokenizer, TibetanTokenizer):  # it would download its dictionary
            return ENGLISH
        tokenizer.word_tokenize("a")
    except (ValueError, ImportError, OSError):
        return ENGLISH
    return code


def filter_of(kind: str, config: Json, language: str) -> BaseFilter:
    """A filter with FineWeb2's arguments; thresholds of the language, if there are any."""
    if kind == "Gopher repetition":
        return GopherRepetitionFilter(
            language=language,
            dup_para_frac=0,
            dup_line_char_frac=0,
            dup_para_char_frac=0,
            dup_line_frac=config["dup_line_frac"],
            top_n_grams=config["top_n_grams"],
            dup_n_grams=config["dup_n_grams"],
        )
    if kind == "FineWeb quality":
        return FineWebQualityFilter(
            language=language,
            short_line_thr=999,
            char_duplicates_ratio=0.1,
            line_punct_thr=config["line_punct_thr"],
            new_line_ratio=config["new_line_ratio"],
        )
    return GopherQualityFilter(
        language=language,
        max_avg_word_length=config["max_avg_word_length"],
        min_avg_word_length=config["min_avg_word_length"],
        stop_words=config["stopwords"],
        max_non_alpha_words_ratio=config["max_non_alpha_words_ratio"],
        min_stop_words=2,
    )


def first_pass(settings: Json, work: Path) -> Json:
    """From WARC to JSONL by language; how many documents were there on the way."""
    start = time.process_time()
    urls = URLFilter()
    urls.tldextractor = TLDExtract(suffix_list_urls=())  # its own copy of the list; no download
    urls.download_data()
    urls.tldextractor(_SAMPLE_URL)
    trafilatura.extract("<p>a</p>")  # so that no page pays for imports in the extractor's child
    languages = LanguageFilter(language_threshold=settings["published"][ENGLISH]["language_score"])
    languages.model._model = _FastText(settings["lid"])
    CPU[LOADING] += time.process_time() - start
    run(
        ("WarcReader", WarcReader(settings["input"], glob_pattern="*.warc.gz")),
        ("URLFilter", urls),
        ("Trafilatura", Trafilatura(timeout=settings["page_seconds"])),
        ("LanguageFilter", languages),
        *((kind, ByLanguage(kind, settings)) for kind in settings["filters"]),
        ("JsonlWriter", JsonlWriter(str(work / "kept"), "${language}/${rank}.jsonl.gz")),
    )
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    CPU["Trafilatura"] += children.ru_utime + children.ru_stime
    stats = languages.stats.stats
    return {"documents": stats["total"].total, "identified": stats["forwarded"].total}


def deduplicate(work: Path, code: str) -> None:
    """The four MinHash steps of one language."""
    kept, folder = str(work / "kept" / code), work / "minhash" / code
    signatures, buckets, removals = (str(folder / name) for name in ("sig", "dups", "remove"))
    start = time.process_time()
    language = language_of(code)
    sign = MinhashDedupSignature(signatures, language=language)
    CPU[LOADING] += time.process_time() - start
    run(("JsonlReader", JsonlReader(kept)), ("MinHash 1, signature", sign))
    start = time.process_time()
    for bucket in range(N_BUCKETS):
        MinhashDedupBuckets(signatures, buckets).run(None, bucket, N_BUCKETS)
    CPU["MinHash 2, buckets"] += time.process_time() - start
    start = time.process_time()
    MinhashDedupCluster(buckets, removals).run(None, 0, 1)
    CPU["MinHash 3, cluster"] += time.process_time() - start
    run(
        ("JsonlReader", JsonlReader(kept)),
        ("MinHash 4, filter", MinhashDedupFilter(removals)),
        ("JsonlWriter", JsonlWriter(str(work / "corpus"), code + "/${rank}.jsonl.gz")),
    )


def main(path: str) -> None:
    """Run everything, and write what it took and made."""
    CPU[LOADING] += time.process_time()  # imports
    settings: Json = json.loads(Path(path).read_text(encoding="utf-8"))
    os.sched_setaffinity(0, settings["cpus"])
    logging.disable(logging.CRITICAL)
    logger.remove()
    warnings.simplefilter("ignore")
    work = Path(settings["work"])
    counts = first_pass(settings, work)
    kept = work / "kept"
    for folder in sorted(kept.iterdir()) if kept.exists() else ():
        deduplicate(work, folder.name)
    told = {
        "cpu": CPU,
        "counts": {**counts, "kept": count(kept), "one a cluster": count(work / "corpus")},
        "trafilatura": trafilatura.__version__,
    }
    Path(settings["result"]).write_text(json.dumps(told), encoding="utf-8")


def count(folder: Path) -> int:
    """Documents in all files below a folder."""
    return sum(1 for _ in JsonlReader(str(folder))()) if folder.exists() else 0


if __name__ == "__main__":
    main(sys.argv[1])
