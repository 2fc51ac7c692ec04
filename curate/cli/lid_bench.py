"""The command that measures an identifier on labelled lines."""

from __future__ import annotations

from pathlib import Path

import click

from curate.cli.terminal.shown import echo
from curate.io.whole import write_whole
from curate.lid import EMBEDDED, load_identifier
from curate.lid.bench import LanguageScore, Scores, read_lines, score_answers

_AT_ONCE = 4_096


@click.command(name="lid-bench")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--model",
    default=EMBEDDED,
    show_default=True,
    help="Identifier: as identify.model of a job has it.",
)
@click.option(
    "--worst",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    metavar="N",
    help="Languages to show: those with the lowest F1. 0 shows all.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers as JSON."
)
def lid_bench(file: Path, model: str, worst: int, out: Path | None) -> None:
    """Measure an identifier on texts whose language is known.

    FILE has a text, a tab and a language code a line.

    Prints accuracy, macro-F1 and false positive rates as the CommonLID
    benchmark (arXiv 2601.18026) defines them: over languages, not scripts.
    """
    identifier = load_identifier(model)
    gold: list[str] = []
    labels: list[str] = []
    texts: list[str] = []
    with file.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for text, code in read_lines(lines, where=str(file)):
            gold.append(code)
            texts.append(text)
            if len(texts) == _AT_ONCE:
                labels += [answer.label for answer in identifier.identify(texts)]
                texts.clear()
    labels += [answer.label for answer in identifier.identify(texts)]
    scores = score_answers(gold, labels)
    for line in _lines(scores, worst):
        echo(line)
    if out is not None:
        write_whole(out, scores.to_json().encode())


def _lines(scores: Scores, worst: int) -> list[str]:
    in_file = [one for one in scores.languages if one.n_gold]
    shown = sorted(in_file, key=lambda one: (one.f1, one.language))[: worst or None]
    return [
        f"lines                          {scores.n_lines:,}",
        f"languages                      {len(in_file)} (answered: {len(scores.languages)})",
        f"accuracy                       {scores.accuracy:.4f}",
        f"macro-F1, languages of the file {scores.macro_f1_gold:.4f}",
        f"macro-F1, all answered          {scores.macro_f1_observed:.4f}",
        f"false positive rate, mean      {scores.false_positive_rate:.6f}",
        "",
        "code   lines  answers  precision  recall     F1       FPR",
        *(_row(one) for one in shown),
    ]


def _row(one: LanguageScore) -> str:
    return (
        f"{one.language}  {one.n_gold:>7,}  {one.n_answers:>7,}  {one.precision:>9.4f}"
        f"  {one.recall:>6.4f}  {one.f1:.4f}  {one.false_positive_rate:.6f}"
    )
