"""From a published config of FineWeb2 to one of ours, and a finding for all that is not as it was.

The verdict is FineWeb2's for equal metrics. A limit that decides nothing is left out, because off
is absence here; a file that would drop every document is refused, because nobody can have meant it.

Stop words are where the two differ most. Ours are letters with their marks, and a token is what
our splitter makes it: ``l'homme`` is one word, so ``l'`` never occurs; a full stop is no part of
``г.``. Such words are left out rather than trimmed: ``a`` for ``a.`` or ``-a`` would let English
pass in labels of which little is known. What is lost makes a label stricter, never laxer.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from curate.config.language import LID, LanguageConfig, Provenance, Threshold, is_letters
from curate.config.of_fineweb2.form import (
    LEAST_STOPWORDS,
    LICENSE,
    SOURCE,
    STOPWORD_RULE,
    Finding,
    Kind,
    Published,
    Rule,
    always_breaks,
    never_breaks,
    rounded,
)
from curate.config.problems import Location, dotted
from curate.errors import ConfigError
from curate.text.normalize import nfc
from curate.text.split import split_texts

USUAL_STOPWORDS: Final = 8
"""The least number of stop words in a published config (arXiv 2506.20920, A.7.1)."""

_WIDE_LENGTH = 100
"""Characters; no language's words are that long on average."""


class Imported(NamedTuple):
    """A config of ours, and what its making found, in the order of the file's rules."""

    config: LanguageConfig
    findings: tuple[Finding, ...]


def import_config(
    label: str,
    published: Published,
    *,
    source: str,
    where: str,
    positions: Mapping[Location, str],
) -> Imported:
    """Convert one published config.

    Args:
        label: the label it is for.
        published: what the file says.
        source: name of the file, for the provenance.
        where: path of the file, for errors.
        positions: where each key of the file stands, for errors.

    Raises:
        ConfigError: the file would drop every document.
    """
    bounds, findings = _bounds(published, where, positions)
    stopwords, stopword_findings, n_matching = _stopwords(published.stopwords)
    findings += stopword_findings
    if len(set(published.stopwords)) < LEAST_STOPWORDS:
        raise _drops_all(
            positions.get(("stopwords",), where),
            f"at least {LEAST_STOPWORDS} stop words, which FineWeb2 asks of every document",
            f"{len(set(published.stopwords))}, so that every document would be dropped",
            "add stop words, or leave the file out",
        )
    thresholds = [Threshold.model_validate({"metric": m, **b}) for m, b in bounds.items()]
    of_words = f"{n_matching} of {len(published.stopwords)}"
    if n_matching >= LEAST_STOPWORDS:
        thresholds.append(STOPWORD_RULE)
        if n_matching < min(USUAL_STOPWORDS, len(published.stopwords)):
            findings.append(Finding(Kind.FEW, "stopwords", of_words))
    else:
        findings.append(Finding(Kind.STOPWORD_RULE, "stopwords", of_words))
    provenance = _provenance(source, has_lid=LID in bounds, findings=findings)
    config = LanguageConfig(
        label=label, stopwords=stopwords, thresholds=tuple(thresholds), provenance=provenance
    )
    return Imported(config, tuple(findings))


# ---- limits --------------------------------------------------------------------------------


def _bounds(
    published: Published, where: str, positions: Mapping[Location, str]
) -> tuple[dict[str, dict[str, float]], list[Finding]]:
    bounds: dict[str, dict[str, float]] = {}
    findings: list[Finding] = []
    for rule, value, at in published.limits():
        kind = _off(rule, value)
        if kind is None and always_breaks(rule, value):
            raise _every_document(rule, value, positions.get(at, where), dotted(at))
        if kind is None:
            bounds.setdefault(rule.metric, {})[rule.side] = value
            findings += [Finding(k, rule.key, f"{value:g}") for k in _doubts(rule, value)]
        else:
            findings.append(Finding(kind, rule.key, _shown(value)))
    findings += [Finding(Kind.NO_METRIC, *_text(pair)) for pair in published.without_metric()]
    lengths = bounds.get("mean_word_chars", {})
    if lengths.get("min", 0.0) > lengths.get("max", float("inf")):
        raise _drops_all(
            positions.get(("min_avg_word_length",), where),
            "`min_avg_word_length` at most `max_avg_word_length`",
            f"{lengths['min']:g} and {lengths['max']:g}: every document would be dropped",
            "swap or correct them",
        )
    return bounds, findings


def _off(rule: Rule, value: float) -> Kind | None:
    """Why a limit decides nothing, if so."""
    if (value == 0 and rule.zero_is_off) or (value == -1 and rule.side == "min"):
        return Kind.OFF
    if value == 999 and rule.off == 999:
        return Kind.OFF
    return Kind.NEVER if never_breaks(rule, value) else None


def _doubts(rule: Rule, value: float) -> Iterator[Kind]:
    wide = _WIDE_LENGTH if rule.whole else 1.0
    if rule.side == "max" and value >= wide:
        yield Kind.RARE
    if rounded(rule, value) != value:
        yield Kind.FINER


def _shown(value: float) -> str:
    return f"{value:g}"


def _text(pair: tuple[str, float]) -> tuple[str, str]:
    return pair[0], _shown(pair[1])


def _every_document(rule: Rule, value: float, where: str, key: str) -> ConfigError:
    least = rule.side == "min"
    way = "a minimum" if least else "a maximum"
    todo = f"correct it; to switch the rule off write {rule.off:g}"
    return _drops_all(
        where,
        f"`{key}` that some document satisfies; it is {way}",
        f"{value:g}, which drops every document",
        todo,
    )


def _drops_all(where: str, wanted: str, found: str, todo: str) -> ConfigError:
    return ConfigError(where, wanted=wanted, found=found, todo=todo)


# ---- stop words ----------------------------------------------------------------------------


def _stopwords(words: Sequence[str]) -> tuple[tuple[str, ...], list[Finding], int]:
    """The words that a config of ours may hold, the findings, and how many of them can match."""
    folded = [nfc(word.casefold()) for word in words]
    batch = split_texts(folded)
    kept: dict[str, None] = {}
    findings: list[Finding] = []
    n_matching = 0
    for i, (word, form) in enumerate(zip(words, folded, strict=True)):
        is_one = batch.of(i).strings() == [form]
        kind = _unfit(form, is_one=is_one)
        if kind is None and form in kept:
            kind = Kind.SAME
        if kind is not None:
            findings.append(Finding(kind, "stopwords", word))
            continue
        kept[form] = None
        n_matching += is_one
        if form != word:
            findings.append(Finding(Kind.RESPELT, "stopwords", f"{word} → {form}"))
        if not is_one:
            findings.append(Finding(Kind.CUT, "stopwords", word))
    return tuple(kept), findings, n_matching


def _unfit(word: str, *, is_one: bool) -> Kind | None:
    """Why a word cannot be a stop word here, if so."""
    if is_letters(word):
        return None
    if not any(unicodedata.category(c)[0] == "L" for c in word):
        return Kind.NO_LETTER
    return Kind.INSIDE if is_one else Kind.UNMATCHED


# ---- provenance ----------------------------------------------------------------------------


def _provenance(source: str, *, has_lid: bool, findings: Sequence[Finding]) -> Provenance:
    notes = ["computed on the tokens of another splitter"]
    if has_lid:
        notes.append("lid_confidence is of GlotLID v3 and says nothing about another identifier")
    for kind in Kind:
        said = [f"{f.key} {f.value}" for f in findings if f.kind is kind]
        if said:
            notes.append(f"{kind.value}: {', '.join(said)}")
    return Provenance(
        method="published values under our metric names; nothing was computed here",
        reference=f"{SOURCE}, configs/{source}, {LICENSE}",
        notes=tuple(notes),
    )
