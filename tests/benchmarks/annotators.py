"""Documents a second of every annotator, on one core.

    python -m tests.benchmarks.annotators [--sources ...] [--documents 1000] [--rounds 3]
        [--fasttext FILE] [--onnx FILE] [--transformers FOLDER]
        [--kenlm FILE] [--sentencepiece FILE]

Documents are those of :mod:`tests.benchmarks.corpus`, by default the sample's. Models that are not
named are made on the spot, and only their speed is like that of real ones: a fastText model of
pairs of words, a bigram model of the documents' own words, an index of half a million n-grams, and,
where torch is installed, an encoder of six layers of 384 with random weights, of 128 and of 512
tokens. CPU time of one process and one thread; the median of the rounds.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import fasttext
import pyarrow as pa

from curate.classify import ModelSpec, load_classifier
from curate.contamination import build as build_index
from curate.dedup.minhash import MinHashParams
from curate.lid import load_identifier
from curate.perplexity import ModelFiles, ccnet_form, load_model
from curate.stages.annotate import add_metrics
from curate.stages.classify import add_scores as add_classified
from curate.stages.contamination import contamination_of
from curate.stages.identify import identify_stage
from curate.stages.perplexity import add_perplexity
from curate.stages.pii import add_pii
from curate.stages.score import score_stage
from curate.stages.sign import add_bands
from curate.text.split import split_texts
from tests.benchmarks.corpus import Document, build
from tests.benchmarks.tables import table, versions
from tests.perplexity.tiny_models import train_pieces, write_arpa

ITEMS, ITEM_WORDS = 20_000, 40
HEAVY_DOCUMENTS = 32
"""Documents that an encoder is timed on: it needs so much longer than all others."""

Run = Callable[[], object]
SPECIALS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")


def annotators(
    documents: Sequence[Document], options: argparse.Namespace, folder: Path
) -> Iterator[tuple[str, int, Run]]:
    """Name, number of documents and call of each."""
    batch = pa.table({"text": [d.text for d in documents], "label": [d.label for d in documents]})
    n = batch.num_rows
    tokens = split_texts(batch["text"])
    tokens.words().hashes()  # shared by all that ask for them
    identifier = load_identifier()
    index = build_index({"made": _items(documents)}).index
    yield "words, shared by annotate, sign, contamination", n, lambda: split_texts(batch["text"])
    identify = identify_stage(identifier, segments=False, wordlists=None)
    alone = batch.select(["text"])
    yield "identify, embedded", n, lambda: identify(alone)
    yield "annotate", n, lambda: add_metrics(batch, stopwords={}, tokens=tokens)
    yield "sign", n, lambda: add_bands(batch, params=MinHashParams(), tokens=tokens)
    yield "pii", n, lambda: add_pii(batch)
    score = score_stage(identifier)
    yield "score, WDS 1.2", n, lambda: score(batch)
    yield "contamination", n, lambda: contamination_of(tokens, index=index)
    yield from _classifiers(batch, options, folder)
    yield from _perplexities(documents, batch, options, folder)


def _items(documents: Sequence[Document]) -> list[str]:
    """Texts of random words of the documents; none is in one of them."""
    random = Random(1)
    words = [word for document in documents[:300] for word in document.text.split()]
    return [" ".join(random.choices(words, k=ITEM_WORDS)) for _ in range(ITEMS)]


def _classifiers(
    batch: pa.Table, options: argparse.Namespace, folder: Path
) -> Iterator[tuple[str, int, Run]]:
    model = str(options.fasttext or _fasttext(folder, batch))
    yield _classify("classify, fastText", ModelSpec("fasttext", model), batch)
    few = batch.slice(0, HEAVY_DOCUMENTS)
    bert = None
    if find_spec("torch") and find_spec("transformers"):
        bert = _bert(folder / "bert", batch)
    for kind, given in (("onnx", options.onnx), ("transformers", options.transformers)):
        made = None if bert is None else str(bert / "model.onnx" if kind == "onnx" else bert)
        if given is None and (made is None or not Path(made).exists()):
            continue
        for n in (128, 512):
            spec = ModelSpec(kind, str(given or made), max_tokens=n)  # type: ignore[arg-type]
            yield _classify(f"classify, {kind}, {n} tokens", spec, few)


def _classify(name: str, spec: ModelSpec, batch: pa.Table) -> tuple[str, int, Run]:
    model = load_classifier(spec)
    columns = {label: f"a.{label}" for label in model.labels}
    return name, batch.num_rows, lambda: add_classified(batch, classifier=model, columns=columns)


def _fasttext(folder: Path, batch: pa.Table) -> Path:
    corpus, path = folder / "fasttext.txt", folder / "model.bin"
    texts = batch["text"].to_pylist()
    lines = [f"__label__{i % 2} {' '.join(text.split())[:2000]}" for i, text in enumerate(texts)]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    fasttext.train_supervised(
        str(corpus), dim=100, wordNgrams=2, epoch=1, bucket=500_000, thread=1, verbose=0
    ).save_model(str(path))
    return path


def _bert(folder: Path, batch: pa.Table) -> Path:
    """A random encoder of the size of MiniLM-L6 in transformers, and as ONNX if it can be."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=30_000, special_tokens=list(SPECIALS), show_progress=False
    )
    words.train_from_iterator(batch["text"].to_pylist(), trainer)
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    wrapped = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]")
    wrapped.save_pretrained(str(folder))
    shape = BertConfig(
        vocab_size=words.get_vocab_size(),
        hidden_size=384,
        num_hidden_layers=6,
        num_attention_heads=12,
        intermediate_size=1536,
        num_labels=1,
    )
    model = BertForSequenceClassification(shape).eval()
    model.save_pretrained(str(folder))
    _export(model, folder, torch)
    return folder


def _export(model: Any, folder: Path, torch: Any) -> None:  # noqa: ANN401 - of torch
    ids = torch.ones((2, 8), dtype=torch.int64)
    axes = {0: "n", 1: "t"}
    names = ["input_ids", "attention_mask"]
    try:
        torch.onnx.export(
            model,
            (ids, ids),
            str(folder / "model.onnx"),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: axes for name in names} | {"logits": {0: "n"}},
            dynamo=False,
        )
    except Exception as error:  # exporters come and go
        print(f"no ONNX: {type(error).__name__}: {str(error)[:100]}")  # noqa: T201


def _perplexities(
    documents: Sequence[Document], batch: pa.Table, options: argparse.Namespace, folder: Path
) -> Iterator[tuple[str, int, Run]]:
    lines = [ccnet_form(line) for d in documents for line in d.text.split("\n")]
    model = str(options.kenlm or _bigrams(folder / "words.arpa", [line.split() for line in lines]))
    pieces = options.sentencepiece or train_pieces(
        folder / "pieces.model", [line for line in lines if line][:2000], size=8000, times=1
    )
    for name, files in (
        ("perplexity, tokens between spaces", ModelFiles(model)),
        ("perplexity, SentencePiece", ModelFiles(model, str(pieces))),
    ):
        load_model(files)
        by_label = dict.fromkeys({d.label for d in documents}, files)
        yield name, batch.num_rows, lambda m=by_label: add_perplexity(batch, models=m)


def _bigrams(path: Path, lines: Sequence[Sequence[str]]) -> Path:
    words = Counter(word for line in lines for word in line)
    pairs = Counter(pair for line in lines for pair in pairwise(line))
    total = words.total()
    unigrams = {word: math.log10(n / total / 2) for word, n in words.items()}
    unigrams |= {"</s>": -1.0, "<unk>": -6.0}
    bigrams = {pair: math.log10(n / words[pair[0]] / 2) for pair, n in pairs.items()}
    return write_arpa(path, unigrams, bigrams)


def rate(n: int, run: Run, rounds: int) -> float:
    """Documents a second of CPU, after one round to get warm."""
    seconds = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        run()
        seconds.append(time.process_time() - begin)
    return n / statistics.median(seconds[1:])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", nargs="*", default=[])
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    for name in ("fasttext", "onnx", "transformers", "kenlm", "sentencepiece"):
        parser.add_argument(f"--{name}", type=Path)
    options = parser.parse_args()
    documents = build(options.sources)
    Random(1).shuffle(documents)
    documents = documents[: options.documents]
    chars = sum(len(document.text) for document in documents) / len(documents)
    print(versions(), f"\n{len(documents):,} documents, {chars:,.0f} characters each\n")  # noqa: T201
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, n, run in annotators(documents, options, Path(folder)):
            found = rate(n, run, options.rounds)
            rows.append([name, f"{found:,.0f}" if found >= 100 else f"{found:.1f}"])
    print(table(["annotator", "documents/s"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
