from __future__ import annotations

import datetime

from curate.config.language import LanguageConfig, Provenance, Threshold
from curate.config.load import build, parse_yaml
from curate.tune.config_yaml import to_yaml

CONFIG = LanguageConfig(
    label="por_Latn",
    stopwords=("de", "no", "é", "on", "à"),
    thresholds=(
        Threshold(metric="lid_confidence", min=0.799),
        Threshold(metric="n_words", min=50.0, max=100000.0),
        Threshold(metric="short_line_fraction", inherit=False),
        Threshold(
            metric="alpha_word_fraction", min=0.5, why="the tuned 0.81 dropped tables: see log"
        ),
        Threshold(metric="n_stopwords", min=2.0),
    ),
    provenance=Provenance(
        method="10tail",
        reference="a job",
        documents=12,
        date=datetime.date(2026, 1, 2),
        curate="0.4.0",
        notes=("ไม่มี", "two"),
    ),
)

TEXT = """\
# Portuguese.
#
# Second line.
label: por_Latn
stopwords: [de, 'no', é, 'on', à]

thresholds:
  - {metric: lid_confidence, min: 0.799}
  - {metric: short_line_fraction, inherit: false}
  - {metric: n_words, min: 50, max: 100000}
  - metric: alpha_word_fraction
    min: 0.5
    why: 'the tuned 0.81 dropped tables: see log'
  - {metric: n_stopwords, min: 2}

provenance:
  method: 10tail
  reference: a job
  documents: 12
  date: 2026-01-02
  curate: 0.4.0
  notes:
    - ไม่มี
    - two
"""


def test_a_config_is_written_one_rule_a_line() -> None:
    assert to_yaml(CONFIG, comment="Portuguese.\n\nSecond line.") == TEXT


def test_what_is_written_reads_back_the_same() -> None:
    data, positions = parse_yaml(TEXT, "por_Latn.yaml")
    assert build(LanguageConfig, data, positions, "por_Latn.yaml") == CONFIG


def test_a_config_that_says_nothing_is_short() -> None:
    bare = LanguageConfig(label="fuf_Adlm", provenance=Provenance(method="none", reference="none"))
    text = to_yaml(bare)
    assert text == "label: fuf_Adlm\n\nprovenance:\n  method: none\n  reference: none\n"
    data, positions = parse_yaml(text, "a")
    assert build(LanguageConfig, data, positions, "a") == bare
