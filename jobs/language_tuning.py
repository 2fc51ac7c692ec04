"""From reference corpora to the files of ``language_configs/``.

``curate tune`` runs on translated documents, on single sentences and on messages of programs, each
with the English of its kind. A label takes its thresholds from documents if there are enough; its
stop words are frequent in texts of several kinds. A label that has sentences or messages alone
takes its stop words and the metrics of words from them: the shape of a document (lines, repetition)
cannot be learnt from these, and is inherited. English is not written: it has the thresholds that
the methods start from. Statistics of its manuals are shipped, for references without English.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from language_cleaning import KEPT, MOST_REMOVED, write_translated
from language_references import DECLARATIONS, DOCUMENTS, MESSAGES, SENTENCES
from language_stopwords import stopwords_of, told

from curate.config.language import DEFAULT, SCRIPTS, LanguageConfig, LanguageConfigs, Threshold
from curate.io.store import Store
from curate.pipeline.tuning.reference import reference_summaries
from curate.tune.config_yaml import to_yaml
from curate.tune.english import write_english
from curate.tune.fit import MIN_STOPWORDS
from curate.tune.methods import ENGLISH_LABEL

WORD_METRICS: Final = ("mean_word_chars", "alpha_word_fraction", "n_stopwords")
"""What single sentences can say."""

STOPWORD_RULE: Final = Threshold(metric="n_stopwords", min=2)
_NO_SHAPE: Final = "{}, not documents: what depends on lines or on length is inherited"
TRANSLATED: Final = "translated"
"""Folder of the documents that are in their label's language."""

NATURE: Final = "technical documentation, not web text"

# Manuals have more headings, menus and lists than web pages, so "the worst tenth" of them says
# little about the web. What English manuals lose to a threshold made for English web text, other
# languages' manuals may lose too: many are translations of the same pages.
SETTINGS: Final = {
    DOCUMENTS: ("min_documents=150", "methods.fineweb_quality=quantile"),
    SENTENCES: ("min_documents=50",),
    MESSAGES: ("min_documents=20",),
}
NATURES: Final = {
    DOCUMENTS: NATURE,
    SENTENCES: "single sentences, ten to a text",
    MESSAGES: "messages of programs, some eighty words to a text",
}
ENGLISH_FOLDER: Final = "data/tune"
"""Of the package, where the statistics of English go."""


def tune(cache: Path, target: Path, names: Mapping[str, str], *, workers: int) -> list[str]:
    """Tune on the references in ``cache`` and write the files of ``target``; the labels written."""
    manifest = json.loads((cache / "manifest.json").read_text(encoding="utf-8"))
    fates = _translated(cache, workers)
    folders = {
        DOCUMENTS: cache / TRANSLATED, SENTENCES: cache / SENTENCES, MESSAGES: cache / MESSAGES
    }  # fmt: skip
    described = {kind: _described(manifest, kind) for kind in folders}
    parents = _parents(cache / "parents", target)
    found = {}
    for kind, folder in folders.items():
        out = cache / f"tuned-{kind}"
        shutil.rmtree(out, ignore_errors=True)
        _curate_tune(folder, out, parents, described[kind], kind, workers)
        tuned = LanguageConfigs.load(out).files
        found[kind] = {name: tuned[name] for name in tuned if not _is_parent(name)}
    _ship_english(cache, described[DOCUMENTS][ENGLISH_LABEL])
    of_words = {
        "manuals and messages": (folders[DOCUMENTS], folders[MESSAGES]),
        "sentences": (folders[SENTENCES],),
        "the declaration of human rights": (cache / DECLARATIONS,),
    }
    words = stopwords_of(of_words, workers=workers)
    labels = sorted({label for configs in found.values() for label in configs} - {ENGLISH_LABEL})
    before = LanguageConfigs.load(target).files
    for label in labels:
        config = joined(
            {kind: found[kind][label] for kind in found if label in found[kind]},
            *words.get(label, ((), ())),
            _told(fates.get(label, {})),
        )
        if not _same_but_for_date(before.get(label), config):
            text = to_yaml(config, comment=f"{names[label]}.")
            (target / f"{label}.yaml").write_text(text, encoding="utf-8")
    LanguageConfigs.load(target)
    return labels


def _ship_english(cache: Path, text: str) -> None:
    """Put the statistics of English manuals into the package."""
    english = reference_summaries(Store(str(cache / f"tuned-{DOCUMENTS}.work")))[ENGLISH_LABEL]
    folder = Path(str(files("curate"))) / ENGLISH_FOLDER
    write_english(folder, english, label=ENGLISH_LABEL, text=f"English {text}")


def _same_but_for_date(before: LanguageConfig | None, config: LanguageConfig) -> bool:
    if before is None:
        return False
    dated = config.provenance.model_copy(update={"date": before.provenance.date})
    return before == config.model_copy(update={"provenance": dated})


def _translated(cache: Path, workers: int) -> dict[str, dict[str, int]]:
    """Leave out what is not translated, once; label -> what became of its texts."""
    said = cache / f"{TRANSLATED}.json"
    if not said.is_file():
        shutil.rmtree(cache / TRANSLATED, ignore_errors=True)
        counts = write_translated(cache / DOCUMENTS, cache / TRANSLATED, workers=workers)
        said.write_text(json.dumps(counts), encoding="utf-8")
    found: dict[str, dict[str, int]] = json.loads(said.read_text(encoding="utf-8"))
    return found


def _told(fates: Mapping[str, int]) -> str:
    """What was left out before ``curate tune``, as a note."""
    left_out = {fate: n for fate, n in sorted(fates.items()) if fate != KEPT}
    if not left_out:
        return ""
    parts = ", ".join(f"{n:,} {fate}" for fate, n in left_out.items())
    return (
        f"{sum(fates.values()):,} texts collected, {fates.get(KEPT, 0):,} used; before tuning left "
        f"out, with more than {MOST_REMOVED:.0%} in another language or script: {parts}"
    )


def joined(
    configs: Mapping[str, LanguageConfig], words: Sequence[str], kinds: Sequence[str], note: str
) -> LanguageConfig:
    """The config of a label from what texts of each kind gave.

    Args:
        configs: tuned on texts of a kind; at least one.
        words: its stop words; fewer than eight are not used.
        kinds: the kinds of text that the stop words are of.
        note: on the documents.
    """
    kind = next(kind for kind in SETTINGS if kind in configs)
    shape = configs[kind]
    said, thresholds = shape.provenance, shape.thresholds
    notes = [note, *said.notes]
    families = [part for part in said.method.split(", ") if not part.startswith("stop words")]
    if kind != DOCUMENTS:
        thresholds = tuple(t for t in thresholds if t.metric in WORD_METRICS)
        families = [part for part in families if part.startswith("gopher_quality")]
        of_words = (n for n in said.notes if any(m in n for m in WORD_METRICS))
        notes = [_NO_SHAPE.format(kind), note, *of_words]
    thresholds = tuple(t for t in thresholds if t.metric != STOPWORD_RULE.metric)
    if len(words) >= MIN_STOPWORDS:
        thresholds = (*thresholds, STOPWORD_RULE)
        families.append(told(kinds))
    return LanguageConfig(
        label=shape.label,
        stopwords=tuple(words) if len(words) >= MIN_STOPWORDS else (),
        thresholds=thresholds,
        provenance=said.model_copy(
            update={
                "method": ", ".join(families),
                "reference": "; ".join(c.provenance.reference for c in configs.values()),
                "notes": tuple(n for n in notes if n),
            }
        ),
    )


def _is_parent(name: str) -> bool:
    return name == DEFAULT or name.startswith(f"{SCRIPTS}/")


def _parents(folder: Path, configs: Path) -> Path:
    """A folder with the default and the scripts' files alone."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(configs / SCRIPTS, folder / SCRIPTS)
    shutil.copy(configs / f"{DEFAULT}.yaml", folder)
    return folder


def _curate_tune(
    references: Path, out: Path, parents: Path, names: Mapping[str, str], kind: str, workers: int
) -> None:
    command = [sys.executable, "-m", "curate", "tune", "--reference", str(references)]
    command += ["--configs", str(parents), "--out", str(out), "--workers", str(workers)]
    for setting in SETTINGS[kind]:
        command += ["--set", f"tune.{setting}"]
    for label, name in sorted(names.items()):
        command += ["--reference-name", f"{label}={name}"]
    subprocess.run(command, check=True)


def _described(manifest: Mapping[str, Any], kind: str) -> dict[str, str]:
    """Label -> its sources with version, licence and documents, as the provenance has them."""
    packages = manifest["packages"]
    parts: dict[str, list[str]] = {}
    for row in manifest["labels"]:
        if row["kind"] != kind or not row["documents"]:
            continue
        first = packages[row["packages"][0]]
        n = len(row["packages"])
        version = first["version"] if n == 1 else f"{n} packages"
        said = f"{row['source']} ({version}; {first['licence']}; {row['documents']} texts)"
        parts.setdefault(row["label"], []).append(said)
    return {label: f"{NATURES[kind]}: {', '.join(said)}" for label, said in parts.items()}
