"""The language configs that come with curate: each loads, and says what is true of its language."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest

from curate.config.language import LID, LanguageConfigs, is_letters
from curate.labels import NO_LANGUAGE, script_of
from curate.lid.codes import script_code
from curate.metrics import METRICS
from curate.metrics.measure import measure
from curate.stages.select import mark_drop_reason
from curate.text.normalize import nfc
from curate.text.scripts import dominant_script
from curate.text.split import split
from curate.tune.config_yaml import to_yaml

FOLDER = Path(__file__).parents[1] / "language_configs"
SHARED = Path(__file__).parents[1] / ".." / "shared" / "data" / "udhr_paragraphs.json.gz"
CONFIGS = LanguageConfigs.load(FOLDER)

LARGE = [
    "eng_Latn",
    "deu_Latn",
    "fra_Latn",
    "spa_Latn",
    "ita_Latn",
    "por_Latn",
    "nld_Latn",
    "swe_Latn",
    "pol_Latn",
    "ces_Latn",
    "tur_Latn",
    "vie_Latn",
    "rus_Cyrl",
    "ukr_Cyrl",
    "ell_Grek",
    "arb_Arab",
    "hin_Deva",
    "cmn_Hani",
    "jpn_Jpan",
    "kor_Hang",
    "tha_Thai",
    "khm_Khmr",
]

# FineWeb2 (arXiv 2506.20920) has the same values of these for every language.
FOR_EVERY_LABEL = {
    "n_words": (50, 100_000),
    "hashes_per_word": (None, 0.1),
    "ellipses_per_word": (None, 0.1),
    "bullet_line_fraction": (None, 0.9),
    "ellipsis_line_fraction": (None, 0.3),
}


WORDS_ALONE = {"mean_word_chars", "alpha_word_fraction", "n_stopwords"}


def _tuned_on(kind: str) -> list[str]:
    return [x for x in CONFIGS.labels if kind in CONFIGS.files[x].provenance.reference[:60]]


def test_the_large_languages_have_a_config() -> None:
    assert set(LARGE) <= set(CONFIGS.labels)


def test_at_least_thirty_labels_are_tuned_on_documents_and_twenty_scripts_have_a_label() -> None:
    assert len(_tuned_on("technical documentation, not web text")) >= 30
    assert len({script_of(label) for label in CONFIGS.labels}) >= 20


def test_ninety_labels_and_more_have_a_config_of_their_own() -> None:
    asked = """swh_Latn hau_Latn yor_Latn ibo_Latn jav_Latn mya_Mymr npi_Deva sin_Sinh lao_Laoo
    som_Latn uzn_Latn kaz_Cyrl"""
    assert set(asked.split()) <= set(CONFIGS.labels)
    assert len(CONFIGS.labels) >= 90


NAMES = {
    "tam_Taml": "சென்னை இந்தியா டெல்லி",
    "mal_Mlym": "തിരുവനന്തപുരം കേരളം കെ പി സി എസ്",
    "heb_Hebr": "ישראל ירושלים",
    "kan_Knda": "ಬೆಂಗಳೂರು ಕರ್ನಾಟಕ",
    "tel_Telu": "హైదరాబాద్",
    "hin_Deva": "दिल्ली भारत",
    "kat_Geor": "საქართველო თბილისი",
    "hye_Armn": "հայաստան երեւան",
    "arb_Arab": "مصر",
    "ukr_Cyrl": "україна києві",
    "rus_Cyrl": "россии москва",
    "vie_Latn": "việt nam",
}


@pytest.mark.parametrize("label", NAMES)
def test_stop_words_hold_no_names(label: str) -> None:
    assert not set(NAMES[label].split()) & set(CONFIGS.files[label].stopwords)


def test_what_is_tuned_says_on_how_much_and_how_far_it_is_drawn_to_its_parent() -> None:
    for label in set(CONFIGS.labels) - {"eng_Latn"}:
        provenance = CONFIGS.files[label].provenance
        assert provenance.documents
        assert provenance.weight
        assert provenance.shrinkage
        assert provenance.weight == pytest.approx(
            provenance.documents / (provenance.documents + provenance.shrinkage), abs=0.01
        )


def test_messages_decide_nothing_about_lines_and_repetition() -> None:
    labels = _tuned_on("messages of programs")
    assert "swh_Latn" in labels
    for label in labels:
        assert {t.metric for t in CONFIGS.files[label].thresholds} <= WORDS_ALONE


def test_single_sentences_decide_nothing_about_lines_and_repetition() -> None:
    labels = _tuned_on("single sentences")
    assert "hin_Deva" in labels, "whose manuals are in English"
    for label in labels:
        assert {t.metric for t in CONFIGS.files[label].thresholds} <= WORDS_ALONE


@pytest.mark.parametrize("label", [*CONFIGS.labels])
def test_stop_words_are_in_the_script_of_their_label(label: str) -> None:
    script = script_code(script_of(label))
    own = {script, *{"Jpan": ("Hira", "Kana", "Hani"), "Hang": ("Hani",)}.get(script, ())}
    assert {dominant_script(word) for word in CONFIGS.files[label].stopwords} <= own


@pytest.mark.parametrize("name", list(CONFIGS.files))
def test_a_file_is_what_its_config_writes(name: str) -> None:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    comment = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#"))
    assert comment, "a comment says what the file is about"
    assert to_yaml(CONFIGS.files[name], comment=comment) == text


@pytest.mark.parametrize("name", list(CONFIGS.files))
def test_every_file_says_where_its_values_come_from(name: str) -> None:
    provenance = CONFIGS.files[name].provenance
    assert len(provenance.method) > 10
    assert provenance.reference
    assert provenance.notes


@pytest.mark.parametrize("label", [*LARGE, "fuf_Adlm", "lao_Laoo", NO_LANGUAGE, "und_Latn"])
def test_every_label_has_the_rules_that_fineweb2_has_for_all(label: str) -> None:
    config = CONFIGS.for_label(label)
    for metric, bounds in FOR_EVERY_LABEL.items():
        threshold = config.threshold(metric)
        assert threshold is not None
        assert (threshold.min, threshold.max) == bounds
    assert config.thresholds[0].metric == LID
    assert {t.metric for t in config.thresholds} <= {LID, *METRICS}


def test_the_identifiers_threshold_is_not_taken_from_another_identifier() -> None:
    assert {CONFIGS.for_label(label).lid_threshold() for label in LARGE} == {0.3}


def test_a_label_without_data_has_no_stop_word_rule() -> None:
    config = CONFIGS.for_label("fuf_Adlm")
    assert config.stopwords == ()
    assert config.threshold("n_stopwords") is None


@pytest.mark.parametrize("label", LARGE)
def test_every_stop_word_is_one_word_to_the_splitter(label: str) -> None:
    words = CONFIGS.for_label(label).stopwords
    assert len(words) >= 8
    for word in words:
        assert is_letters(word)
        assert split(word).strings() == [word]


@pytest.mark.parametrize("label", ["nod_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr", "bod_Tibt"])
def test_scripts_that_end_sentences_with_a_space_need_no_full_stop(label: str) -> None:
    assert CONFIGS.for_label(label).threshold("terminal_punct_line_fraction") is None


@pytest.mark.parametrize("label", ["yue_Hani", "wuu_Hani", "ryu_Jpan", "iii_Yiii", "vai_Vaii"])
def test_scripts_whose_words_are_single_characters_have_no_least_length(label: str) -> None:
    threshold = CONFIGS.for_label(label).threshold("mean_word_chars")
    assert threshold is not None
    assert threshold.min is None


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_file(), reason="the paragraphs are not beside the checkout")
def test_plain_prose_in_189_languages_passes() -> None:
    with gzip.open(SHARED, "rt", encoding="utf-8") as file:
        paragraphs: dict[str, list[str]] = json.load(file)
    dropped: dict[str, float] = {}
    for name, parts in paragraphs.items():
        label = name.replace("_Hans", "_Hani").replace("_Hant", "_Hani")
        texts = [nfc("\n".join(parts[i : i + 12])) for i in range(12, len(parts) - 11, 12)]
        stopwords = {label: frozenset(CONFIGS.for_label(label).stopwords)}
        if not texts:
            continue
        batch = measure(texts, [label] * len(texts), stopwords)
        batch = batch.append_column("label", pa.array([label] * len(texts), pa.string()))
        batch = batch.append_column(LID, pa.array([1.0] * len(texts), pa.float64()))
        reasons = mark_drop_reason(batch, configs=CONFIGS)["drop_reason"]
        dropped[name] = 1 - reasons.null_count / len(texts)
    assert len(dropped) > 180
    assert [n for n, share in dropped.items() if share > 0.5] == ["cbt_Latn"]
    assert not [n for n, share in dropped.items() if share > 0.25 and n in LARGE]
