"""The smallest input of each published command."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

SENTENCES: Final = {
    "arb_Arab": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.",
    "cmn_Hani": "人人生而自由，在尊严和权利上一律平等。",
    "eng_Latn": "All human beings are born free and equal in dignity and rights.",
    "fra_Latn": "Tous les êtres humains naissent libres et égaux en dignité et en droits.",
    "hin_Deva": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "tha_Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
}


@dataclass(frozen=True, slots=True)
class Smallest:
    """How a command is started so that it does little.

    Attributes:
        arguments: ``{documents}``, ``{paragraphs}``, ``{configs}``, ``{shared}`` and ``{python}``
            stand for paths.
        is_long: it takes more than a few seconds of a processor all the same.
        needs: ``bench``: the packages of that extra; ``shared``: the data beside the checkout.
        only_help: why it is only asked for its options; "" if it is run.
    """

    arguments: str = ""
    is_long: bool = False
    needs: tuple[str, ...] = ()
    only_help: str = ""


def write_inputs(folder: Path) -> Mapping[str, Path]:
    """Documents and paragraphs in six scripts; name -> path."""
    paragraphs = folder / "paragraphs.json.gz"
    made = {label: [f"{text} {n}" for n in range(30)] for label, text in SENTENCES.items()}
    with gzip.open(paragraphs, "wt", encoding="utf-8") as file:
        json.dump(made, file, ensure_ascii=False)
    documents = folder / "documents.parquet"
    rows = [
        (f"{label}-{n:05}-plain", label, "\n".join(f"{text} {n} {line}" for line in range(24)))
        for label, text in SENTENCES.items()
        for n in range(8)
    ]
    columns = zip(("id", "label", "text"), zip(*rows, strict=True), strict=True)
    pq.write_table(pa.table({name: list(values) for name, values in columns}), documents)
    return {"paragraphs": paragraphs, "documents": documents}


_PARTS = "it runs every fault for hours, and all of them are tests of this suite"
_TRAINS = "it reads pages with their true text, which are not shipped, for ten minutes"

SMALLEST: Final[Mapping[str, tuple[Smallest, ...]]] = {
    "jobs.train_extractor": (Smallest(only_help=_TRAINS),),
    "tests.benchmarks.annotators": (
        Smallest("--sources {documents} --documents 4 --rounds 1", is_long=True),
    ),
    "tests.benchmarks.charsets": (
        Smallest("--data {udhr}", is_long=True, needs=("shared",)),
        Smallest(
            "--data {udhr} --datatrove-python {python}", is_long=True, needs=("shared", "bench")
        ),
    ),
    "tests.benchmarks.cluster": (
        Smallest("--sizes 300 --labels 2 --repeats 1", is_long=True),
        Smallest("--sizes 300 --labels 2 --repeats 1 --datatrove 200", True, ("bench",)),
    ),
    "tests.benchmarks.cluster_real": (
        Smallest("{documents} --documents 20", is_long=True, needs=("bench",)),
    ),
    "tests.benchmarks.corpus": (Smallest("{paragraphs} --out corpus.parquet --per-label 1"),),
    "tests.benchmarks.decontamination": (Smallest("--rounds 1", is_long=True),),
    "tests.benchmarks.emit": (
        Smallest("--gigabytes 0.0005 --labels 3", is_long=True),
        Smallest("--gigabytes 0.0005 --labels 3 --datatrove-python {python}", True, ("bench",)),
    ),
    "tests.benchmarks.emit_plan": (Smallest("--labels 2 --shards 40"),),
    "tests.benchmarks.end_to_end": (
        Smallest("--pages 5 --rounds 1 --no-ray --no-scaling", is_long=True),
        Smallest(
            "--pages 5 --rounds 1 --no-ray --no-scaling --datatrove-python {python}",
            is_long=True,
            needs=("bench",),
        ),
    ),
    "tests.benchmarks.end_to_end_curate": (Smallest(only_help="`end_to_end` starts it"),),
    "tests.benchmarks.extraction": (
        Smallest("--corpus made --extractor resiliparse", is_long=True, needs=("shared",)),
        Smallest("--gold {gold} --every 40 --extractor resiliparse", True, ("shared",)),
        Smallest(
            "--corpus made --extractor resiliparse --datatrove-python {python}",
            is_long=True,
            needs=("shared", "bench"),
        ),
    ),
    "tests.benchmarks.forms": (
        Smallest("--paragraphs {udhr} --out forms.md", is_long=True, needs=("shared",)),
    ),
    "tests.benchmarks.front": (Smallest("--quick", is_long=True, needs=("shared",)),),
    "tests.benchmarks.hplt": (Smallest("--megabytes 1 --labels 3 --shards 2", is_long=True),),
    "tests.benchmarks.kernels": (
        Smallest("--documents {documents} --rounds 1 --quick", is_long=True),
    ),
    "tests.benchmarks.lid": (Smallest("--quick --systems curate", is_long=True),),
    "tests.benchmarks.licenses": (Smallest("--quick", is_long=True, needs=("shared",)),),
    "tests.benchmarks.marks": (
        Smallest("--paragraphs {udhr} --out marks.md", is_long=True, needs=("shared",)),
    ),
    "tests.benchmarks.minhash": (Smallest("{documents} --quick", is_long=True),),
    "tests.benchmarks.pii": (Smallest("--rounds 1", is_long=True),),
    "tests.benchmarks.receipts": (Smallest("--shards 3 --destinations 2 --rounds 1"),),
    "tests.benchmarks.rehearsal": (
        Smallest("--documents 1000 --labels 2 --shards 2", is_long=True),
    ),
    "tests.benchmarks.rehearsal_stage": (Smallest(only_help="`rehearsal` starts it"),),
    "tests.benchmarks.remote": (Smallest("--megabytes 8 --rounds 1", is_long=True),),
    "tests.benchmarks.report": (Smallest("--rounds 1 --quick", is_long=True),),
    "tests.benchmarks.rights": (Smallest(is_long=True, needs=("shared",)),),
    "tests.benchmarks.sandbox": (
        Smallest("--rounds 1 --quick --extractors resiliparse", True, ("shared",)),
    ),
    "tests.benchmarks.scale": (Smallest(),),
    "tests.benchmarks.scores": (Smallest("--documents {documents} --rounds 1"),),
    "tests.benchmarks.selection": (Smallest("--rows 1000 --rounds 1 --quick", is_long=True),),
    "tests.benchmarks.take_down": (Smallest("--documents 60", is_long=True),),
    "tests.benchmarks.tuning beside": (Smallest("{fineweb2}", is_long=True, needs=("shared",)),),
    "tests.benchmarks.tuning memory": (Smallest("--rows 1000", is_long=True),),
    "tests.benchmarks.tuning shipped": (Smallest(),),
    "tests.benchmarks.tuning stability": (
        Smallest("{paragraphs} --kept kept --least 5 --draws 2 --sizes 10", is_long=True),
    ),
    "tests.benchmarks.union": (Smallest("--documents 50 --ranges 2 --files 2", is_long=True),),
    "tests.benchmarks.verdicts": (Smallest("{configs} --documents {documents}"),),
    "tests.benchmarks.urls": (Smallest("--entries 1000 --rounds 1"),),
    "tests.benchmarks.warc": (Smallest("--pages 2 --rounds 1"),),
    "tests.faults": (Smallest(only_help=_PARTS),),
    "tests.inputs": (Smallest(only_help="it writes tables of docs/inputs.md, which a test holds"),),
    "tests.same_corpus": (Smallest(only_help="it checks another revision out, and runs both"),),
}
"""Module, with its subcommand if it has some -> how it is started; several where it has modes."""
