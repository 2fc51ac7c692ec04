"""Signatures of near-duplicates as the first step of datatrove's deduplication."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from datatrove.io import DataFolderLike, get_datafolder
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupSignature

from curate.api.given import column_of_texts
from curate.dedup.minhash import UNSIGNED, MinHashParams
from curate.errors import ConfigError
from curate.stages.sign import sign_texts

U64 = npt.NDArray[np.uint64]


class MinhashSignature(MinhashDedupSignature):
    """Signatures in the place of ``MinhashDedupSignature``: datatrove's later steps read them.

    Words are those of curate, in every script, so no language is asked for and no tokeniser
    loaded. A text of fewer words than a shingle has is signed too.

    Args:
        output_folder: where signatures go.
        config: shingles, buckets and seed, as the later steps have them.
        skip_existing_sigs: as in datatrove.

    Raises:
        ConfigError: the config asks for other hashes than 64-bit xxhash.
    """

    name = "curate: sign"

    def __init__(
        self,
        output_folder: DataFolderLike,
        config: MinhashConfig | None = None,
        skip_existing_sigs: bool = False,  # noqa: FBT001 - as in datatrove
    ) -> None:
        PipelineStep.__init__(self)  # not its own, which loads a tokeniser
        self.config = config or MinhashConfig()
        hashes = self.config.hash_config
        if (hashes.precision, hashes.hash_fc) != (64, "xxhash"):
            raise ConfigError(
                "MinhashSignature",
                wanted="hashes of 64 bits by xxhash",
                found=f"{hashes.precision} bits by {hashes.hash_fc}",
                todo="leave `hash_config` out, here and in the later steps",
            )
        self.output_folder = get_datafolder(output_folder)
        self.num_hashes = self.config.num_buckets * self.config.hashes_per_bucket
        self.skip_existing_sigs = skip_existing_sigs

    def get_shingles(self, text: str) -> U64:
        """The signature itself, from one text; empty if it has no words."""
        column = column_of_texts([text], where="MinhashSignature")
        signed: U64 = sign_texts(column, self._params)[0]
        return signed[:0] if signed[0] == UNSIGNED else signed

    def get_signature(self, shingles: U64) -> list[list[int]]:
        """A signature by bucket."""
        buckets: list[list[int]] = shingles.reshape(self.config.num_buckets, -1).tolist()
        return buckets

    @property
    def _params(self) -> MinHashParams:
        config = self.config
        return MinHashParams(
            config.n_grams, config.num_buckets, config.hashes_per_bucket, config.seed
        )
