"""Identification and metrics as filters of datatrove. What they find goes into the metadata."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter

from curate.api.texts import identify, measure
from curate.config.job import BUILTIN
from curate.config.language import LID, LanguageConfigs
from curate.errors import ConfigError
from curate.lid import EMBEDDED, Identification
from curate.stages.select import Selector
from curate.work.configs import config_folder

Result = bool | tuple[bool, str]


class LanguageFilter(BaseFilter):
    """Labels, in the place of datatrove's filter of that name.

    Writes ``language`` (ISO 639-3), ``language_script`` (ISO 15924) and ``language_score``, as
    datatrove does with GlotLID.

    Args:
        languages: those to keep: labels such as ``fra_Latn``, or ``fra``; None for all.
        language_threshold: a document is kept if its score is above.
        exclusion_writer: gets what is dropped.
        model: ``embedded``, or the path of a fastText or MillID model.
        label_only: drop nothing.
        batch_size: texts that are looked at together.
    """

    name = "curate: identify"

    def __init__(
        self,
        languages: Sequence[str] | str | None = None,
        language_threshold: float = 0.65,
        exclusion_writer: DiskWriter | None = None,
        *,
        model: str = EMBEDDED,
        label_only: bool = False,
        batch_size: int = 64,
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.languages = [languages] if isinstance(languages, str) else languages
        self.language_threshold = language_threshold
        self.model = model
        self.label_only = label_only
        identify([], model=model)  # a model that is none is told here

    def filter(self, doc: Document) -> Result:
        """Keep a document, or say why not."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[Result]:
        """Answers of :meth:`filter` for several documents, identified together."""
        answers = identify([doc.text for doc in batch], model=self.model)
        return [self._kept(doc, one) for doc, one in zip(batch, answers, strict=True)]

    def _kept(self, doc: Document, answer: Identification) -> Result:
        language, _, script = answer.label.partition("_")
        doc.metadata["language"], doc.metadata["language_script"] = language, script
        doc.metadata["language_score"] = answer.confidence
        if self.label_only:
            return True
        names = self.languages
        if names is not None and language not in names and answer.label not in names:
            return False, "language"
        is_sure = (answer.confidence or 0.0) > self.language_threshold
        return True if is_sure else (False, "language_score")


class MetricsFilter(BaseFilter):
    """Every metric, in the place of the filters of Gopher, C4 and FineWeb.

    Writes the metrics by name. A document whose label's language config has a threshold that it
    breaks is dropped, and the reason is the name of the metric, as in ``drop_reason``. Labels come
    from :class:`LanguageFilter` before it.

    Args:
        configs: folder of language configs; None drops nothing.
        exclusion_writer: gets what is dropped.
        batch_size: texts that are measured together.
    """

    name = "curate: metrics"

    def __init__(
        self,
        configs: str | Path | None = BUILTIN,
        exclusion_writer: DiskWriter | None = None,
        *,
        batch_size: int = 64,
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.configs = None if configs is None else str(configs)
        self._selector: Selector | None = None
        if configs is not None:
            LanguageConfigs.load(config_folder(str(configs)))  # a wrong one is told here

    def filter(self, doc: Document) -> Result:
        """Keep a document, or say why not."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Document]) -> list[Result]:
        """Answers of :meth:`filter` for several documents, measured together.

        Raises:
            ConfigError: documents have no labels, or a threshold is about what no step measures.
        """
        texts, labels = [doc.text for doc in batch], [_label_of(doc) for doc in batch]
        metrics = measure(texts, labels, configs=self.configs or BUILTIN)
        for doc, row in zip(batch, metrics.to_pylist(), strict=True):
            doc.metadata.update(row)
        if self.configs is None:
            return [True] * len(batch)
        scores = [doc.metadata.get("language_score") for doc in batch]
        table = metrics.append_column("label", pa.array(labels, pa.string()))
        table = table.append_column(LID, pa.array(scores, pa.float64()))
        reasons = self._decider(self.configs, labels, table).drop_reasons(table).to_pylist()
        return [True if reason is None else (False, reason) for reason in reasons]

    def _decider(self, configs: str, labels: list[str], table: pa.Table) -> Selector:
        """The thresholds, loaded in the process that decides."""
        if self._selector is None:
            self._selector = Selector(LanguageConfigs.load(config_folder(configs)))
        unknown = [x for x in self._selector.metrics(labels) if x not in table.column_names]
        if unknown:
            raise ConfigError(
                f"MetricsFilter: {configs}",
                wanted="thresholds of metrics and of the language score",
                found=f"one of `{unknown[0]}`",
                todo="remove it, or run a job, which measures it",
            )
        return self._selector

    def __getstate__(self) -> dict[str, Any]:
        """Without what each process loads for itself."""
        return {**self.__dict__, "_selector": None}


def _label_of(doc: Document) -> str:
    language, script = (doc.metadata.get(x) for x in ("language", "language_script"))
    if isinstance(language, str) and isinstance(script, str):
        return f"{language}_{script}"
    raise ConfigError(
        f"MetricsFilter: document {doc.id}",
        wanted="metadata `language` (ISO 639-3) and `language_script` (ISO 15924)",
        found=f"language {language!r}, language_script {script!r}",
        todo="put curate.datatrove.LanguageFilter(label_only=True) before it",
    )
