"""The runners of :mod:`curate.stage_table`: a run goes through this table, in its order.

A stage is a function of the run and of the steps that stand before it. One that joins the pass over
the text only says which step it is; the pass makes all of them together. The others run theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from curate.pipeline.cluster.steps import cluster
from curate.pipeline.decide.steps import rebalance, screen, select
from curate.pipeline.extract.steps import extract
from curate.pipeline.job_run import Done, JobRun
from curate.pipeline.measure.extra_step import extra
from curate.pipeline.measure.model_steps import classify, contamination, perplexity
from curate.pipeline.measure.score_steps import score
from curate.pipeline.measure.steps import annotate, identify, pii, sign
from curate.pipeline.report.steps import report
from curate.pipeline.rights.steps import rights
from curate.pipeline.tuning.steps import tune, tune_stopwords
from curate.work.runner import Step


@dataclass(frozen=True, slots=True)
class Bound:
    """A stage of the table with its function.

    Attributes:
        name: of the stage.
        step: gives its step; None if the job does not ask for it.
        joins: its step is made by the pass over the text.
        is_between: it runs before the pass that the stages after it join.
    """

    name: str
    step: Callable[[JobRun, Done], Step | None]
    joins: bool = False
    is_between: bool = False


BOUND: list[Bound] = [
    Bound("extract", extract, is_between=True),
    Bound("identify", identify, joins=True),
    Bound("stopwords", tune_stopwords, is_between=True),  # counted by label, then looked for
    Bound("annotate", annotate, joins=True),
    Bound("sign", sign, joins=True),
    Bound("pii", pii, joins=True),
    Bound("score", score, joins=True),
    Bound("classify", classify),
    Bound("perplexity", perplexity),
    Bound("contamination", contamination, joins=True),
    Bound("rights", rights),
    Bound("extra", extra),
    Bound("tune", tune),
    Bound("cluster", cluster),
    Bound("screen", screen),
    Bound("select", select),
    Bound("rebalance", rebalance),
    Bound("report", report),
]
"""Every stage but `emit`, of which a run has one for each view."""
