"""Checks of the promises that HPLT's view makes of every line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from curate.errors import StoreError
from curate.io.lines.zstd_frames import iter_lines
from curate.robots.page_signs import SIGNS
from curate.robots.preferences import NO, UNSET, YES
from curate.stages.hplt import (
    FIELDS,
    KEPT,
    MAX_LABELS,
    RIGHTS,
    ROBOTS,
    SCORES,
    STEPS_A_BIN,
    Rules,
)
from curate.stages.hplt import steps_of as _steps_of

MAX_PROBLEMS: Final = 20
"""Of one file: what is wrong with one line is mostly wrong with all."""

MORE_FIELDS: Final = "more_fields"
"""In the manifest, names of the fields that stand behind HPLT's own; absent if there are none."""

_ANSWERS: Final = (NO, YES, UNSET)
_TYPES: Final[Mapping[str, type]] = {
    **dict.fromkeys(("f", "crawl_id", "text", "id", "filter"), str),
    **dict.fromkeys(("u", "c", "ts", "de", "xml", ROBOTS, "train_ai", "license"), str),
    **dict.fromkeys(("o", "s", "rs", "cluster_size"), int),
    **dict.fromkeys(("lang", "prob", "seg_langs", "doc_scores", "pii", "html_lang"), list),
    "opted_out_by": list,
    "web-register": dict,
}
_KINDS: Final = {str: "text", int: "a whole number", list: "a list", dict: "an object"}
_REQUIRED: Final = (
    *("f", "crawl_id", "lang", "prob", "text", "cluster_size", "seg_langs", "id", "filter"),
    "doc_scores",
)

Problem = tuple[str, str, str]
"""Field, wanted, found."""


def check_lines(corpus: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Every line of every file that breaks what HPLT 3.0 says of its lines."""
    rules = Rules(**manifest["rules"])
    more = frozenset(manifest.get(MORE_FIELDS, ()))
    last: dict[tuple[str, int], int] = {}
    for entry in sorted(manifest["files"], key=lambda e: (e["label"], -e["bin"], e["index"])):
        problems = _check_file(corpus / entry["path"], entry, rules, more, last)
        for number, problem in enumerate(problems):
            if number == MAX_PROBLEMS:
                yield f"{entry['path']}: and more"
                break
            yield f"{entry['path']} {problem}"


def _check_file(
    path: Path,
    entry: Mapping[str, Any],
    rules: Rules,
    more: frozenset[str],
    last: dict[tuple[str, int], int],
) -> Iterator[str]:
    before = last.get((entry["label"], entry["bin"]))
    try:
        for number, line in enumerate(iter_lines(path), start=1):
            try:
                document = json.loads(line)
                checks = _check_document(document, entry["label"], entry["bin"], rules, more)
                steps = _steps_of(document["doc_scores"][0], rules.version)
            except (ValueError, KeyError, TypeError, IndexError) as error:
                yield f"line {number}: no document: {type(error).__name__}: {error}"
                continue
            for field, expected, actual in checks:
                yield f"line {number}: `{field}`: wanted {expected}, found {actual}"
            if before is not None and steps > before:
                expected = f"a score of no more than {before} steps, as the line before has"
                yield f"line {number}: `doc_scores`: wanted {expected}, found {steps}"
            before = steps
            last[entry["label"], entry["bin"]] = steps
    except StoreError as error:
        yield f": wanted {error.wanted}, found {error.found}"


def _check_document(
    document: Mapping[str, Any], label: str, score_bin: int, rules: Rules, more: frozenset[str]
) -> list[Problem]:
    """The problems of a document. Raises KeyError and the like for one that is none."""
    shaped = list(_check_shape(document, more))
    if shaped:
        return shaped
    rights = _check_rights(document) if more.issuperset(RIGHTS) else ()
    values = _check_values(document, score_bin, rules)
    return [*_check_labels(document, label, rules), *values, *rights]


def _check_shape(document: Mapping[str, Any], more: frozenset[str]) -> Iterator[Problem]:
    names = [name for name in document if name != ROBOTS]
    unknown = [name for name in names if name not in FIELDS and name not in more]
    own = [name for name in FIELDS if name in document]
    if unknown:
        yield unknown[0], "a field of HPLT 3.0", "an unknown one"
    elif names[: len(own)] != own:
        yield names[0], "fields in the order of HPLT 3.0", ", ".join(names)
    for name in _REQUIRED:
        if name not in document:
            yield name, "a value", "none"
    for name, value in document.items():
        kind = _TYPES.get(name)
        if kind is not None and (not isinstance(value, kind) or isinstance(value, bool)):
            yield name, _KINDS[kind], repr(value)[:60]


def _check_labels(document: Mapping[str, Any], label: str, rules: Rules) -> Iterator[Problem]:
    labels, probabilities, text = document["lang"], document["prob"], document["text"]
    if not labels or labels[0] != label:
        yield "lang", f"{label} first, as the folder says", repr(labels)[:60]
    if len(labels) != len(probabilities) or len(labels) > MAX_LABELS:
        yield "prob", f"one for each of at most {MAX_LABELS} labels", repr(probabilities)[:60]
    least = rules.confidence_above
    if least is not None and not (probabilities and probabilities[0] > least):
        yield "prob", f"more than {least:g} first", repr(probabilities)[:60]
    lines, segments = text.count("\n") + 1, document["seg_langs"]
    if len(segments) != lines:
        yield "seg_langs", f"{lines} labels, one a line of the text", f"{len(segments)}"


def _check_values(document: Mapping[str, Any], score_bin: int, rules: Rules) -> Iterator[Problem]:
    text, scores = document["text"], document["doc_scores"]
    n_scores = len(SCORES) + (rules.version != "1.2")
    if len(scores) != n_scores:
        yield "doc_scores", f"{n_scores} values", f"{len(scores)}"
    steps = _steps_of(scores[0], rules.version)
    if steps // STEPS_A_BIN != score_bin:
        yield "doc_scores", f"a score in bin {score_bin}", f"{scores[0]}"
    if rules.min_bin is not None and steps < rules.min_bin * STEPS_A_BIN:
        yield "doc_scores", f"a score in bin {rules.min_bin} or above", f"{scores[0]}"
    if rules.chars_above is not None and len(text) <= rules.chars_above:
        yield "text", f"more than {rules.chars_above} characters", f"{len(text)}"
    if document["cluster_size"] < 1:
        yield "cluster_size", "1 or more", str(document["cluster_size"])
    if document["filter"] != KEPT and rules.marked == "drop":
        yield "filter", KEPT, document["filter"]
    if len(document["id"]) != 32 or set(document["id"]) - set("0123456789abcdef"):
        yield "id", "32 hex digits", document["id"][:60]
    yield from _check_spans(document.get("pii", []), len(text))


def _check_rights(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Problems of the answer on training and of the signs that refuse; `no` is somebody's."""
    answer, refusing = document.get("train_ai"), document.get("opted_out_by")
    if answer not in _ANSWERS:
        yield "train_ai", ", ".join(_ANSWERS), repr(answer)[:60]
    if refusing is None or not set(refusing) <= set(SIGNS):
        yield "opted_out_by", "kinds of signs", repr(refusing)[:60]
    elif bool(refusing) != (answer == NO):
        yield "opted_out_by", "kinds of signs where `train_ai` is no, else none", repr(refusing)


def _check_spans(spans: list[list[int]], n_chars: int) -> Iterator[Problem]:
    done = 0
    for start, end in spans:
        if not done <= start < end <= n_chars:
            yield "pii", f"rising spans within {n_chars} characters", f"[{start}, {end}]"
            return
        done = end
