"""From reference corpora to the files of ``language_configs/``.

``curate tune`` runs twice: on documents, and on single sentences. A label takes its thresholds from
documents if there are enough, and its stop words from sentences, whose subjects are not those of
manuals. A label that has sentences alone takes its stop words and the metrics of words from them:
the shape of a document (lines, repetition) cannot be learnt from sentences, and is inherited.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from language_references import DOCUMENTS, SENTENCES

from curate.config.language import DEFAULT, SCRIPTS, LanguageConfig, LanguageConfigs
from curate.tune.write import to_yaml

WORD_METRICS: Final = ("mean_word_chars", "alpha_word_fraction", "n_stopwords")
"""What single sentences can say."""

NATURE: Final = "technical documentation, not web text"

# Manuals have more headings, menus and lists than web pages, so "the worst tenth" of them says
# little about the web. What English manuals lose to a threshold made for English web text, other
# languages' manuals may lose too: many are translations of the same pages.
SETTINGS: Final = {
    DOCUMENTS: ("min_documents=200", "methods.fineweb_quality=quantile"),
    SENTENCES: ("min_documents=50",),
}


def tune(cache: Path, target: Path, names: Mapping[str, str], *, workers: int) -> list[str]:
    """Tune on the references in ``cache`` and write the files of ``target``; the labels written."""
    manifest = json.loads((cache / "manifest.json").read_text(encoding="utf-8"))
    parents = _parents(cache / "parents", target)
    found = {}
    for kind in (DOCUMENTS, SENTENCES):
        out = cache / f"tuned-{kind}"
        shutil.rmtree(out, ignore_errors=True)
        _curate_tune(cache / kind, out, parents, _described(manifest, kind), kind, workers)
        files = LanguageConfigs.load(out).files
        found[kind] = {name: files[name] for name in files if not _is_parent(name)}
    labels = sorted(set(found[DOCUMENTS]) | set(found[SENTENCES]))
    for label in labels:
        config = joined(found[DOCUMENTS].get(label), found[SENTENCES].get(label))
        text = to_yaml(config, comment=f"{names[label]}.")
        (target / f"{label}.yaml").write_text(text, encoding="utf-8")
    LanguageConfigs.load(target)
    return labels


def joined(documents: LanguageConfig | None, sentences: LanguageConfig | None) -> LanguageConfig:
    """The config of a label from what its documents and its sentences gave; one may be absent."""
    if documents is None:
        assert sentences is not None
        return _of_sentences(sentences)
    if sentences is None or not sentences.stopwords:
        return documents
    said = documents.provenance
    method = said.method.replace("by frequency in the reference", "by frequency in sentences")
    provenance = said.model_copy(
        update={
            "method": method,
            "reference": f"{said.reference}; stop words: {sentences.provenance.reference}",
        }
    )
    thresholds = documents.thresholds
    if documents.threshold("n_stopwords") is None:
        thresholds = (*thresholds, sentences.threshold("n_stopwords"))
    return LanguageConfig(
        label=documents.label,
        stopwords=sentences.stopwords,
        thresholds=thresholds,
        provenance=provenance,
    )


def _of_sentences(config: LanguageConfig) -> LanguageConfig:
    said = config.provenance
    note = "sentences, not documents: what depends on lines or on length is inherited"
    method = ", ".join(
        part
        for part in said.method.split(", ")
        if part.startswith(("gopher_quality", "stop words"))
    )
    return LanguageConfig(
        label=config.label,
        stopwords=config.stopwords,
        thresholds=tuple(t for t in config.thresholds if t.metric in WORD_METRICS),
        provenance=said.model_copy(update={"method": method, "notes": (note, *said.notes)}),
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
        if (row["source"] == SENTENCES) != (kind == SENTENCES) or not row["documents"]:
            continue
        first = packages[row["packages"][0]]
        n = len(row["packages"])
        version = first["version"] if n == 1 else f"{n} packages"
        said = f"{row['source']} ({version}; {first['licence']}; {row['documents']} texts)"
        parts.setdefault(row["label"], []).append(said)
    nature = NATURE if kind == DOCUMENTS else "single sentences, ten to a text"
    return {label: f"{nature}: {', '.join(said)}" for label, said in parts.items()}
