"""The section of a job on what is published and in which form."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, field_validator

from curate.config.problems import problem
from curate.config.sections import Settings
from curate.redact import redact
from curate.robots.license_names import IDENTIFIERS, license_of_name

PiiKind: TypeAlias = Literal["email", "ip_address", "phone_number", "iban", "card_number"]
"""Kinds of :mod:`curate.pii`."""


Licenses: TypeAlias = (
    Annotated[str, Field(min_length=1)]
    | Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
)
"""One of the collection, or those of documents that are published."""


class HpltConfig(Settings):
    """HPLT's view: which documents are in it, and its files."""

    min_bin: int | None = Field(
        default=5,
        ge=0,
        le=10,
        description="least bin that is published, `floor` of the score (of WDS 1.3 of ten times "
        "the score); null for all",
    )
    confidence_above: float | None = Field(
        default=0.5,
        ge=0,
        le=1,
        description="`prob[0]` of what is published lies above it; null for no such rule",
    )
    chars_above: int | None = Field(
        default=500,
        ge=0,
        description="texts that are published have more characters; null for no such rule",
    )
    marked: Literal["drop", "keep"] = Field(
        default="drop",
        description="documents that `urls` or `robots` only mark: leave them out, or publish them "
        "with `filter: url_filter` and with a field `robots`, which HPLT 2.0 had",
    )
    max_file_mb: int = Field(
        default=131_072, ge=1, description="MiB of the lines of a file at most, uncompressed"
    )
    frame_kb: int = Field(
        default=512,
        ge=1,
        le=1 << 20,
        description="KiB of the lines of a zstd frame, which can be read without the others",
    )
    level: int = Field(default=10, ge=1, le=19, description="level of zstd")
    base_url: Annotated[str, AfterValidator(redact)] = Field(
        default="",
        description="where the files will be, put before their paths in the `.map` files, such as "
        "`https://data.example.org/corpus`",
    )


class CardConfig(Settings):
    """Facts that only the publisher knows, for card, Croissant, citation and summary."""

    creators: Annotated[tuple[str, ...], Field(strict=False)] = Field(
        default=(), description="people or organisations that made the corpus"
    )
    contact: str = Field(
        default="", description="where to ask, above all for removal: mail or address of a page"
    )
    url: str = Field(default="", description="address of the corpus")
    version: str = Field(default="1.0.0", min_length=1, description="version of the corpus")
    date: str = Field(
        default="",
        pattern=r"^(\d{4}-\d\d-\d\d)?$",
        description="day on which it is published, such as 2026-12-01",
    )


class EmitConfig(Settings):
    """The published files."""

    view: Literal["fineweb2", "hplt"] = Field(
        default="fineweb2",
        description="`fineweb2`: its folders and columns, and ours; `hplt`: its files by score and "
        "its fields, for which the job needs `wds`. `curate emit --view` publishes the other one "
        "too",
    )
    hplt: HpltConfig = Field(default=HpltConfig(), description="the view `hplt`")
    card: CardConfig = Field(default=CardConfig(), description="what only the publisher knows")
    format: Literal["parquet", "jsonl.zst"] = Field(
        default="parquet",
        description="Parquet, or JSON Lines compressed with zstd; of the view `fineweb2`",
    )
    max_file_mb: int = Field(
        default=512,
        ge=1,
        description="MiB of a file at most, about; what needs several is divided evenly",
    )
    row_group_rows: int = Field(
        default=8192, ge=1, description="documents of a Parquet row group at most"
    )
    row_group_mb: int = Field(
        default=16, ge=1, description="MiB of text of a Parquet row group at most"
    )
    pii: Literal["mask", "keep", "spans"] = Field(
        default="mask",
        description="personal data: put examples in its place, publish the text as it is, or do "
        "so with its spans in a column `pii_spans`",
    )
    pii_kinds: Annotated[tuple[PiiKind, ...], Field(strict=False)] = Field(
        default=("email", "ip_address", "phone_number"),
        min_length=1,
        description="what of it is looked for: e-mail addresses, public IP addresses, phone "
        "numbers, `iban` (account numbers with right length and check digits) and `card_number` "
        "(right by Luhn); a change needs `--rerun pii`",
    )
    license: Licenses | None = Field(
        default=None,
        description="licence of the collection for the dataset card, such as `odc-by`; the texts "
        "are their authors' all the same. A list of SPDX identifiers, such as `[CC-BY-4.0, "
        "CC0-1.0]`: publish only documents whose page declares one of these",
    )
    test_fraction: float = Field(
        default=0.01, ge=0, lt=1, description="share of documents to hold out"
    )
    test_max_documents: int = Field(
        default=100_000, ge=0, description="documents of a label to hold out at most"
    )
    test_min_documents: int = Field(
        default=100, ge=0, description="documents a label needs for a test split"
    )
    removed: Literal["selection", "all", "none"] = Field(
        default="selection",
        description="which removed documents to publish: those that a threshold of a metric "
        "removed; none; or all, those too that a list, robots.txt, an opt-out, a licence or an "
        "evaluation set removed, which the card then says. What was taken down is never published",
    )
    compression: Literal["zstd", "snappy", "gzip", "none"] = Field(
        default="zstd", description="codec of the Parquet files"
    )

    @field_validator("license")
    @classmethod
    def _known_licenses(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for name in value if isinstance(value, tuple) else ():
            if IDENTIFIERS.get(name.lower()) != name:
                near = IDENTIFIERS.get(name.lower()) or license_of_name(name)
                raise problem(
                    "SPDX identifiers of licences that pages declare, such as `CC-BY-4.0`",
                    f"`{name}`",
                    f"write `{near}`" if near else "docs/rights.md lists those that are known",
                )
        return value
