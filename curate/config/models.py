"""The sections of a job that ask for scores: classifiers, perplexity, contamination."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from curate.classify import ModelSpec
from curate.config.measured import is_classifier
from curate.config.problems import problem
from curate.config.sections import Paths, Settings
from curate.labels import is_label

Text = Annotated[str, Field(min_length=1)]


def _labels_only(labels: Paths, setting: str) -> Paths:
    wrong = [label for label in labels if not is_label(label)]
    if wrong:
        raise problem(
            f"labels in `{setting}`: ISO 639-3, '_', ISO 15924, such as fra_Latn",
            f"`{wrong[0]}`",
            "correct it; `curate labels` lists those that have a config",
        )
    return labels


class ClassifierConfig(Settings):
    """A model of yours that scores texts; its columns are called `<name>.<label>`."""

    name: str = Field(description="what its columns are called before the dot; lower-case letters")
    kind: Literal["fasttext", "onnx", "transformers"] = Field(
        description="what reads it: fastText, onnxruntime (`pip install 'curate-corpus[onnx]'`), "
        "or transformers (`pip install 'curate-corpus[transformers]'`)"
    )
    model: str = Field(
        min_length=1,
        description="path of the `.bin`, `.ftz` or `.onnx` file, or of the folder of transformers",
    )
    tokenizer: str | None = Field(
        default=None,
        min_length=1,
        description="path of the `tokenizer.json` of an ONNX model, or of the tokenizer's folder "
        "with `transformers`; null for the one beside the model; not with `fasttext`",
    )
    labels: tuple[Text, ...] = Field(
        default=(),
        strict=False,
        description="names of the outputs in their order, or of fastText labels to keep; empty for "
        "all, as the model or the `config.json` beside it names them",
    )
    activation: Literal["sigmoid", "softmax", "none"] | None = Field(
        default=None,
        description="what makes scores of the outputs: `sigmoid` for labels that do not exclude "
        "each other, `softmax` for those that do, `none` for a regressor; null: as `config.json` "
        "says; not with `fasttext`",
    )
    max_tokens: int = Field(
        default=512, ge=8, le=1 << 17, description="tokens of a text that are read; fastText: all"
    )
    batch: int = Field(default=32, ge=1, le=4096, description="texts given to the model at once")
    languages: Paths = Field(
        default=(), description="labels that it is for, such as `fra_Latn`; empty for all"
    )
    num_gpus: float = Field(
        default=0.0,
        ge=0,
        le=8,
        description="GPUs of a shard's task, a fraction to share one; used if it is there; not "
        "with `fasttext`",
    )

    @field_validator("name")
    @classmethod
    def _may_be_called_so(cls, name: str) -> str:
        if not is_classifier(name):
            raise problem(
                "a name of lower-case letters, digits and `_` that no metric has",
                f"`{name}`",
                "choose another, such as `register`",
            )
        return name

    @field_validator("languages")
    @classmethod
    def _are_labels(cls, labels: Paths) -> Paths:
        return _labels_only(labels, "languages")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> ClassifierConfig:
        if self.kind == "fasttext" and (self.activation or self.tokenizer or self.num_gpus):
            raise problem(
                "neither `activation` nor `tokenizer` nor `num_gpus` with `kind: fasttext`",
                f"one of them in the classifier `{self.name}`",
                "remove it: fastText gives probabilities of words, on a CPU",
            )
        return self

    def spec(self) -> ModelSpec:
        """The model and how to read it."""
        return ModelSpec(
            kind=self.kind,
            model=self.model,
            tokenizer=self.tokenizer,
            labels=self.labels,
            activation=self.activation,
            max_tokens=self.max_tokens,
            batch=self.batch,
            gpu=self.num_gpus > 0,
        )


Files = str | dict[str, str]


class PerplexityConfig(Settings):
    """KenLM models of yours, one a label (`pip install 'curate-corpus[perplexity]'`)."""

    models: Files = Field(
        description="path with `{label}` in it, such as `lm/{label}.bin`, or label -> path; KenLM "
        "binaries or ARPA files"
    )
    sentencepiece: Files | None = Field(
        default=None,
        description="the same of SentencePiece models, for the labels that have one; null for none",
    )
    form: Literal["ccnet", "none"] = Field(
        default="ccnet",
        description="what is done to a line first: `ccnet` is lower case, no accents, digits as 0, "
        "plain punctuation",
    )
    tokens: Literal["spaces", "words"] = Field(
        default="spaces",
        description="tokens of labels without SentencePiece: what stands between spaces, or what "
        "curate's splitter cuts",
    )
    join_lines: bool = Field(
        default=False,
        description="take a document as one line, line feeds left out, as CCNet's own pipeline "
        "does",
    )
    cutoffs: dict[str, tuple[float, float]] = Field(
        default_factory=dict,
        description="label -> least perplexity of `middle` and of `tail`; labels that are not "
        "named are cut into thirds of their own documents",
    )

    @field_validator("cutoffs", mode="before")
    @classmethod
    def _pairs(cls, cutoffs: object) -> object:
        if not isinstance(cutoffs, dict):
            return cutoffs
        return {k: tuple(map(_number, v)) if isinstance(v, list) else v for k, v in cutoffs.items()}

    @field_validator("cutoffs")
    @classmethod
    def _rise(cls, cutoffs: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
        _labels_only(tuple(cutoffs), "perplexity.cutoffs")
        wrong = [label for label, (low, high) in cutoffs.items() if not 1 <= low <= high]
        if wrong:
            raise problem(
                "two perplexities, the lower one first, of 1 or more",
                f"{list(cutoffs[wrong[0]])} for {wrong[0]}",
                "write `fra_Latn: [250, 600]`",
            )
        return cutoffs


def _number(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class DecontaminateConfig(Settings):
    """Evaluation sets whose texts are looked for in the documents."""

    sets: dict[str, str | Annotated[tuple[Text, ...], Field(strict=False)]] = Field(
        min_length=1,
        description="name -> its files, a path or pattern or a list of them: JSON Lines, JSON "
        "arrays, Parquet, CSV, TSV, or text with an item a line",
    )
    fields: Annotated[tuple[Text, ...], Field(strict=False)] = Field(
        default=(),
        description="fields of JSON, Parquet and tables that are looked for, dots reach into "
        "objects, `question + answer` is one text of both; empty for every text of an item; each "
        "must be in some set, and each file but plain text must have one",
    )
    ngram_words: int = Field(
        default=13, ge=2, le=64, description="words in a row that are an overlap"
    )
    min_words: int = Field(
        default=8,
        ge=1,
        le=64,
        description="shorter texts of a set are not looked for; from here to `ngram_words` they "
        "are looked for as a whole",
    )
    min_matches: int = Field(
        default=1,
        ge=1,
        description="places of a document where an overlap with a set begins, for it to count",
    )
    drop: bool = Field(
        default=True, description="drop what overlaps; false only writes the columns"
    )

    @field_validator("sets")
    @classmethod
    def _are_names(cls, sets: dict[str, str | Paths]) -> dict[str, str | Paths]:
        if not all(sets) or not all(sets.values()):
            raise problem(
                "a name and a file for each set",
                "an empty text or list",
                "write `hellaswag: eval/hellaswag*.jsonl`",
            )
        return sets

    def files(self) -> dict[str, Paths]:
        """Name -> paths and patterns."""
        return {name: (v,) if isinstance(v, str) else v for name, v in sorted(self.sets.items())}
