"""A made-up run with many scripts and hostile page text."""

from __future__ import annotations

from curate.report.model import Bounds, Example, LabelYield, ReportData, StageLine

HOSTILE = (
    '<script>document.title="owned"</script>"><img src=x onerror=alert(1)> '
    "\u202eevil\u202c \x1b[2J\x1b[31mred\x07 مرحبا 你好 สวัสดี 𞤀𞤣𞤤𞤢𞤥"
)

YIELDS = (
    LabelYield(
        "arb_Arab", {"": 60, "duplicate": 25, "lid_confidence": 5, "n_words": 10}, 9000, 80, 3
    ),
    LabelYield("tha_Thai", {"": 7, "n_words": 2, "dup_line_fraction": 1}, 700, 7),
    LabelYield("fuv_Adlm", {"lid_confidence": 1}),
)

DATA = ReportData(
    job='job "<b>"',
    version="0.1.0",
    stages=(
        StageLine("extract", 120, 111, {"http_status": 7}, {"timeout": 2}, 3.0),
        StageLine("identify", 111, 111, {}, {}),
    ),
    yields=YIELDS,
    cluster_sizes={"arb_Arab": {1: 60, 2: 5, 12: 3, 400: 1}},
    histograms={"arb_Arab": {"n_words": {-1: 1, 10: 20, 20: 40}, "lid_confidence": {49: 90}}},
    thresholds={"arb_Arab": (Bounds("lid_confidence", 0.3, None), Bounds("n_words", 50, 1e5))},
    sources={"arb_Arab": "arb_Arab"},
    kept=(Example("<urn:uuid:1>", "https://a.example/?a=1&b=2", "arb_Arab", "", HOSTILE),),
    dropped=(
        Example(
            "2",
            "javascript:alert(1)",
            "tha_Thai",
            "n_words",
            HOSTILE,
            12.0,
            Bounds("n_words", 50, None),
        ),
        Example("3", "", "arb_Arab", "mean_word_chars", "", None, Bounds("mean_word_chars", 2, 9)),
    ),
    quarantined={"timeout": 2},
    files=(
        ("data/arb_Arab/train/000_00000.parquet", 57, 12345),
        ("data/arb_Arab/test/000_00000.parquet", 3, 345),
        ("data/tha_Thai_removed/train/000_00000.parquet", 3, 999),
    ),
)

EMPTY = ReportData(job="empty", version="0.1.0", stages=(), yields=())
