"""The sections of a job, one model each. Every default and every limit of a setting is here."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from curate.config.problems import problem
from curate.labels import is_label

EMBEDDED: Final = "embedded"
"""The language identifier that comes with curate."""


class Settings(BaseModel):
    """Frozen, and closed: an unknown key is an error, and text is no number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ExtractConfig(Settings):
    """From records to text."""

    extractor: Literal["blocks", "trafilatura", "resiliparse", "cascade"] = Field(
        default="blocks",
        description="what finds the text: `blocks` is our own, the fastest and the best; "
        "`resiliparse` leaves more of menus in, `trafilatura` is the slowest, `cascade` was the "
        "default before and goes with the next release; with `compat: fineweb2` it is trafilatura "
        "with datatrove's arguments",
    )
    comments: Literal["drop", "keep"] = Field(
        default="drop",
        description="what readers wrote under an article, for `blocks`: posts of a forum are its "
        "content either way",
    )
    second_opinion: Literal["trafilatura"] | None = Field(
        default=None,
        description="whom `blocks` asks about pages of which it is in doubt; null for nobody",
    )
    doubt_below: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="the `extraction_confidence` below which there is doubt",
    )
    deadline_seconds: float = Field(
        default=10.0,
        gt=0,
        le=3600,
        description="seconds of processor time a page may use before it is quarantined; ten times "
        "as many on the clock",
    )
    memory_mb: int | None = Field(
        default=2048, ge=256, description="MiB the extractor may hold; null for no limit"
    )
    max_page_mb: int = Field(
        default=16, ge=1, le=1024, description="MiB of a page; larger ones are quarantined"
    )
    max_text_chars: int = Field(
        default=1 << 24,
        ge=1000,
        description="code points that a text may have; longer ones are quarantined as `too_large`",
    )
    fallback_chars: int = Field(
        default=250,
        ge=0,
        description="a page that gives fewer characters is extracted again with trafilatura's "
        "balanced settings, and the longer text is taken; 0 for never; only `trafilatura` and "
        "`cascade` have a second pass",
    )
    repair: bool = Field(
        default=True,
        description="undo mojibake, entities and debris of tables (ftfy with FineWeb2's settings) "
        "before anything is measured; with `compat: fineweb2` only in what is published",
    )
    xml: bool = Field(
        default=False,
        description="keep each text as XML too, for the field `xml` of the view `hplt`: with "
        "`blocks` from the same blocks, else by a second extraction with trafilatura; of HPLT's "
        "records take theirs",
    )
    labels: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(),
        description="the labels wanted: a page whose visible text is surely in another language is "
        "not extracted, but counted as `unwanted_language`; empty for all. What comes through is "
        "labelled and published whatever it is",
    )
    gate_confidence: float = Field(
        default=0.9, ge=0.5, le=1, description="how sure `labels` must be of another language"
    )

    @field_validator("labels")
    @classmethod
    def _are_labels(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [label for label in labels if not is_label(label)]
        if wrong:
            raise problem(
                "labels: ISO 639-3, '_', ISO 15924, such as fra_Latn or cmn_Hani",
                f"`{wrong[0]}`",
                "correct it; `curate labels` lists those that have a config",
            )
        return labels


class IdentifyConfig(Settings):
    """From text to labels."""

    model: str = Field(
        default=EMBEDDED,
        min_length=1,
        description="`embedded`, or the path of a fastText model such as GlotLID, OpenLID, lid.176 "
        "or of a folder with a MillID model",
    )
    others: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(),
        description="further identifiers, named as `model`: their answers are `other_labels`, and "
        "`identifiers_agree_fraction` says how many have the document's label",
    )
    segments: bool = Field(
        default=False,
        description="identify every line too, for `seg_langs` and `own_label_char_fraction`",
    )
    wordlists: str | None = Field(
        default=None,
        min_length=1,
        description="folder of wordlists, for `own_word_fraction` and `url_names_language`",
    )


Method = Literal["10tail", "quantile", "mean_std", "median_ratio"]
Source = Literal["reference", "own"]


class MethodsConfig(Settings):
    """The tuning method of each family of metrics; the defaults won FineWeb2's ablation."""

    fineweb_quality: Method = Field(
        default="10tail", description="method for line ends and line breaks per word"
    )
    gopher_quality: Method = Field(
        default="quantile",
        description="method for word lengths and the share of words with a letter",
    )
    repetition: Method = Field(
        default="mean_std", description="method for repeated lines and n-grams"
    )


class SourcesConfig(Settings):
    """The corpus each family of metrics is tuned on; the other where a label has too little."""

    fineweb_quality: Source = Field(
        default="reference", description="source for line ends and line breaks per word"
    )
    gopher_quality: Source = Field(
        default="reference",
        description="source for word lengths and the share of words with a letter",
    )
    repetition: Source = Field(default="own", description="source for repeated lines and n-grams")


def split_reference(text: str) -> tuple[str | None, str]:
    """``fra_Latn=ref/*.jsonl`` -> its label and its pattern; without a label None."""
    label, equals, pattern = text.partition("=")
    return (label, pattern) if equals and is_label(label) else (None, text)


class TuneConfig(Settings):
    """Thresholds and stop words from statistics."""

    out: str | None = Field(
        default=None,
        min_length=1,
        description="folder for the tuned configs; null for the work folder",
    )
    reference: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(),
        description="files of trusted text: paths, patterns or `LABEL=PATTERN`; without LABEL the "
        "name of the file or the nearest of its folders is the label",
    )
    reference_names: dict[str, str] = Field(
        default_factory=dict,
        description="label -> what its reference is, for the provenance; `*` for the others",
    )
    methods: MethodsConfig = Field(
        default=MethodsConfig(), description="tuning method by family of metrics"
    )
    sources: SourcesConfig = Field(
        default=SourcesConfig(), description="`reference` or `own` by family of metrics"
    )
    min_documents: int = Field(
        default=100,
        ge=20,
        description="documents a label needs in a source to be tuned on it; below it inherits",
    )
    shrinkage: int = Field(
        default=200,
        ge=0,
        description="documents whose statistics weigh as much as the parent's bound",
    )
    parents: bool = Field(
        default=False,
        description="write the files of scripts too, each pooled from three tuned labels or more",
    )
    compression: bool = Field(
        default=False,
        description="with `wds`: fit its compression curves to the job's own documents, by script",
    )


class MinHashConfig(Settings):
    """How documents are signed; another shape makes other candidates."""

    ngram_words: int = Field(default=5, ge=1, le=64, description="words per shingle")
    n_bands: int = Field(default=14, ge=1, le=256, description="bands of a signature")
    rows_per_band: int = Field(default=8, ge=1, le=64, description="minimum hashes per band")
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description="seed of the permutations")


class SignConfig(Settings):
    """The part of a text that is signed."""

    digits: Literal["fold", "keep"] = Field(
        default="fold",
        description="`fold` makes every number 0, so that pages of one template that differ in "
        "numbers alone are duplicates, `keep` tells numbers apart",
    )


class ClusterConfig(Settings):
    """The definition of a near-duplicate."""

    verify: bool = Field(default=True, description="check candidates by their signatures")
    min_similarity: float = Field(
        default=0.7,
        ge=0,
        le=1,
        description="estimated Jaccard similarity, 0-1, that makes a duplicate",
    )
    min_representative_similarity: float = Field(
        default=0.7, ge=0, le=1, description="similarity, 0-1, to the longest of the cluster"
    )
    warn_removed_share: float = Field(
        default=0.8,
        ge=0,
        le=1,
        description="share, 0-1, of the documents of a label or domain above which their removal "
        "as duplicates is warned of",
    )


Paths = Annotated[tuple[str, ...], Field(strict=False)]


class UrlsConfig(Settings):
    """Addresses to look for: lists that you supply, as files, plain or .gz; none are shipped."""

    domains: Paths = Field(
        default=(), description="files of domains; each stands for all hosts below it"
    )
    urls: Paths = Field(
        default=(), description="files of addresses; each stands for all that begin with it"
    )
    folders: Paths = Field(
        default=(), description="folders with files `domains` and `urls`, such as those of UT1"
    )
    words: Paths = Field(
        default=(), description="files of words; one in host, path or query is a hit"
    )
    soft_words: Paths = Field(
        default=(), description="files of words; `min_soft_words` different ones are a hit"
    )
    min_soft_words: int = Field(default=2, ge=1, description="soft words that are a hit")
    substrings: Paths = Field(
        default=(), description="files of parts of words; expect false hits, such as `essex`"
    )
    drop: bool = Field(default=True, description="drop what is hit; false only writes the column")


class RobotsConfig(Settings):
    """Permissions of sites for agents, from their robots.txt files (RFC 9309)."""

    files: Paths = Field(
        default=(), description="WARC files with robots.txt responses; `*`, `?` and `**` match"
    )
    agents: Paths = Field(
        default=("CCBot",), min_length=1, description="agents whose rules are looked up"
    )
    unreachable_disallows: bool = Field(
        default=True, description="a server error for robots.txt forbids the whole site"
    )
    drop: bool = Field(default=False, description="drop what one of the agents may not read")
    drop_opt_out: Paths = Field(
        default=(),
        description="drop pages with one of these signs in `opt_out`, such as `noai`, "
        "`tdm_reservation` or `ccbot:noindex`",
    )


class SelectConfig(Settings):
    """Thresholds come from the language configs; there is nothing else to set."""


class RebalanceConfig(Settings):
    """How often documents with many duplicates are repeated."""

    enabled: bool = Field(
        default=True, description="repeat by duplicate count; false gives weight 1"
    )
    max_repetitions: int = Field(
        default=10, ge=1, le=10, description="largest weight; FineWeb2 publishes those for 3 to 10"
    )
    min_documents: int = Field(
        default=1000,
        ge=1,
        description="documents after deduplication a label needs to be repeated; with fewer, one "
        "lucky document would decide",
    )
    min_support: int = Field(
        default=500,
        ge=1,
        description="clusters that neighbouring sizes are pooled to, before their removal rate "
        "counts; not with `compat: fineweb2`",
    )
    standard_errors: float = Field(
        default=2.0,
        ge=0,
        description="standard errors by which a rate has to lie below the overall rate to count; "
        "not with `compat: fineweb2`",
    )
    repetition: Literal["weight", "materialise"] = Field(
        default="weight", description="write the weight as a column, or the rows that many times"
    )
    blocked: Literal["page", "cluster"] | None = Field(
        default=None,
        description="what follows for near-copies of a page that `urls`, `robots` or an opt-out "
        "drops: `page`: nothing, one of them may stand for the cluster; `cluster`: nobody of its "
        "cluster is published. Null: `cluster` for addresses on the lists `urls.urls`, "
        "`urls.domains` and `urls.folders`, where candidates are verified, else `page`",
    )


class ReportConfig(Settings):
    """The documents that the page shows and computes with."""

    seed: int = Field(
        default=0, ge=0, description="draws the sample; another seed, other documents"
    )
    sample_documents: int = Field(
        default=1000,
        ge=1,
        le=10_000,
        description="documents of each label in the sample; all of them where it has fewer",
    )
