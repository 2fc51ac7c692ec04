"""The section `mixture` of a job: how much of each label is published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from curate.config.problems import problem
from curate.config.sections import Settings
from curate.labels import is_label


class MixtureConfig(Settings):
    """How much of each label is published; with none of these settings, what rebalance gives."""

    unit: Literal["characters", "words"] = Field(
        default="characters",
        description="what `budget`, `total` and `labels` count: code points, or the words of "
        "`n_words`; no tokenizer's tokens",
    )
    temperature_alpha: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="share of a label ∝ nᵅ, n being its units after selection: 1 as found, 0 all "
        "labels alike, 0.3 usual; null for no temperature",
    )
    total: int | None = Field(
        default=None,
        ge=1,
        description="units of the whole mixture, for `temperature_alpha`; null for as many as "
        "rebalance gives",
    )
    budget: int | None = Field(
        default=None, ge=0, description="units of a label at most; null for no limit"
    )
    labels: dict[str, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="label -> its units, in place of what temperature and budget would give it",
    )

    @field_validator("labels")
    @classmethod
    def _are_labels(cls, labels: dict[str, int]) -> dict[str, int]:
        wrong = [label for label in labels if not is_label(label)]
        if wrong:
            raise problem(
                "labels as keys: ISO 639-3, '_', ISO 15924, such as fra_Latn",
                f"`{wrong[0]}`",
                "correct it; `curate labels` lists those that have a config",
            )
        return labels

    @property
    def is_set(self) -> bool:
        """Whether the mixture is another than rebalance gives."""
        return bool(self.temperature_alpha is not None or self.budget is not None or self.labels)
