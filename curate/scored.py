"""Tables of the steps that score documents, which a job has to ask for."""

from __future__ import annotations

import pyarrow as pa

from curate.columns import Column, Metric, Table
from curate.documents import LICENSE, USAGE_SIGNS

SCORES = Table(
    "scores",
    "score",
    (
        Column(
            "seg_langs",
            pa.list_(pa.string()),
            "labels",
            "The label of each line of the text, as many as it has line feeds and one more: of a "
            "quick look, which knows the document's label.",
            "the document has no text",
        ),
    ),
)
"""Beside these the table has the columns of :data:`curate.scores.registry.WDS_METRICS`."""

CLASSIFY = Table("classify", "classify", ())
"""One column for each label of each classifier: see :func:`curate.config.measured.column_of`."""

EXTRA = Table("extra", "extra", ())
"""One column for each metric of the user's own: see :mod:`curate.extra`."""

PERPLEXITY = Metric(
    "perplexity",
    pa.float64(),
    "perplexity per token",
    1.0,
    None,
    "Perplexity of the text under the language model of its label, as CCNet measures it "
    "(arXiv 1911.00359, section 3.3): over the lines, 10 to the power of the mean negative "
    "log10 probability of a token, ends of sentences included.",
    "the job has no model of the label, or the text has no tokens",
    ("", None),
)

PERPLEXITIES = Table(
    "perplexity",
    "perplexity",
    (
        PERPLEXITY.column,
        Column(
            "perplexity_bucket",
            pa.string(),
            "bucket",
            "`head`, `middle` or `tail`: the third of its label's documents that its perplexity is "
            "in, lowest first.",
            "`perplexity` is null",
        ),
    ),
)

RIGHTS = Table(
    "rights",
    "rights",
    (
        Column(
            "train_ai",
            pa.string(),
            "answer",
            "Whether page and site let models be trained on it: `no` if one sign says so, else "
            "`yes` if one does, else `unset`.",
        ),
        Column(
            "train_ai_signs",
            USAGE_SIGNS,
            "signs",
            "Every sign of page and site, as in `usage_signs`; of a site's files the `place` is "
            "their name.",
        ),
        Column(
            "opted_out_by",
            pa.list_(pa.string()),
            "signs",
            "The kinds of signs that say `no`, such as `aipref` or `tdmrep`.",
        ),
        *LICENSE,
    ),
)

CONTAMINATION_FRACTION = Metric(
    "contamination_fraction",
    pa.float64(),
    "words / words",
    0.0,
    1.0,
    "Words in n-grams that an evaluation set has too, over all words.",
    "the text has no words",
    ("", None),
)

CONTAMINATION = Table(
    "contamination",
    "contamination",
    (
        Column(
            "contaminated_by",
            pa.list_(pa.string()),
            "names",
            "The evaluation sets that the text overlaps with.",
            "the text has no words",
        ),
        CONTAMINATION_FRACTION.column,
    ),
)
