"""A run beside another, or beside itself under other language configs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from curate.ask.rerun import load_recorded
from curate.ask.whatif import decided_with
from curate.config.language import LanguageConfigs
from curate.config.override import STOPWORDS, UNKNOWN_UNTIL
from curate.io.open_store import open_store
from curate.io.store import Store
from curate.pipeline.run import RunResult
from curate.report.data import KEPT, ConfigInForce, LabelYield, ReportData
from curate.report.page import render_page


def compare_configs(result: RunResult, configs: str) -> str:
    """The page of a run beside the same documents under other configs.

    All documents are decided again, as ``curate whatif`` decides them.

    Args:
        result: of :func:`curate.ask.rerun.report_again`.
        configs: the folder.
    """
    assert result.data is not None
    folder = Path(configs).expanduser().absolute()
    store = open_store(str(result.work))
    other = under(result.data, store, LanguageConfigs.load(folder), folder)
    return render_page(result.data, against=other)


def compare_works(result: RunResult, other: RunResult) -> str:
    """The page of two runs side by side, both as :func:`curate.ask.rerun.report_again` gives
    them."""
    assert result.data is not None
    assert other.data is not None
    names = [
        x.work.name if result.work.name != other.work.name else str(x.work) for x in (result, other)
    ]
    one, two = (
        dataclasses.replace(data, title=f"{data.job} ({name})")
        for data, name in zip((result.data, other.data), names, strict=True)
    )
    return render_page(one, against=two)


def under(data: ReportData, store: Store, configs: LanguageConfigs, folder: Path) -> ReportData:
    """The report's data with the outcomes and the thresholds of other configs."""
    counted, (known,), unknown = decided_with(store, load_recorded(str(store.root)), [configs])
    (after,), (passing,), (words,) = counted.after, counted.passing, counted.words
    yields = [
        LabelYield(
            label=label,
            outcomes={reason: tally.documents for reason, tally in outcomes.items()},
            n_chars=outcomes[KEPT].chars if KEPT in outcomes else 0,
            n_repeated=outcomes[KEPT].repeated if KEPT in outcomes else 0,
            n_words=words[label],
            n_passing=passing[label],
        )
        for label, outcomes in after.items()
    ]
    note = f" ({STOPWORDS} of {', '.join(unknown[:3])} {UNKNOWN_UNTIL})" if unknown else ""
    return dataclasses.replace(
        data,
        yields=tuple(sorted(yields, key=lambda y: (-y.documents, y.label))),
        configs={y.label: ConfigInForce.of(known, y.label) for y in yields},
        title=f"{data.job}, configs {folder.name}{note}",
    )
