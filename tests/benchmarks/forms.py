"""What the shipped thresholds do to texts in twenty forms and eight scripts.

    python -m tests.benchmarks.forms [--paragraphs udhr_paragraphs.json.gz] [--out docs/forms.md]

Each form is made of the sentences of the Universal Declaration of Human Rights in that language, so
that the words are good and the form alone can be at fault. LID is left aside. The last two rows are
the Analects, with the punctuation of an edition and without any.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import pyarrow as pa

from curate.config.builtin import builtin_folder
from curate.config.language import LID, LanguageConfigs
from curate.metrics import METRICS
from curate.metrics.measure import measure
from curate.stages.select import mark_drop_reason
from curate.text.normalize import nfc
from curate.text.split import split
from tests.benchmarks.tables import table

PARAGRAPHS: Final = Path(__file__).parents[3] / "shared" / "data" / "udhr_paragraphs.json.gz"
LABELS: Final = (
    *("eng_Latn", "rus_Cyrl", "arb_Arab", "hin_Deva", "cmn_Hani", "jpn_Jpan", "tha_Thai"),
    *("kor_Hang", "amh_Ethi"),
)
NAMES: Final = {"cmn_Hani": ("cmn_Hani", "cmn_Hans", "cmn_Hant")}

_END = re.compile(r"(?<=[.!?。！？।።؟])\s*")
_MARKS = re.compile(r"[^\w\s\u0900-\u0dff\u0e00-\u0e7f\u200c\u200d]+")

ANALECTS: Final = (
    "子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？人不知而不慍，不亦君子乎？」",
    "有子曰：「其為人也孝弟，而好犯上者，鮮矣；不好犯上，而好作亂者，未之有也。君子務本，本立而道生。"
    "孝弟也者，其為仁之本與！」",
    "子曰：「巧言令色，鮮矣仁！」",
    "曾子曰：「吾日三省吾身：為人謀而不忠乎？與朋友交而不信乎？傳不習乎？」",
    "子曰：「道千乘之國，敬事而信，節用而愛人，使民以時。」",
    "子曰：「弟子入則孝，出則弟，謹而信，汎愛眾，而親仁。行有餘力，則以學文。」",
)

Lines = Sequence[str]


def _short(lines: Lines, n_words: int = 6) -> list[str]:
    """The same words in lines of a few, without marks."""
    found = []
    for line in lines:
        text = _MARKS.sub(" ", line)
        tokens = split(text)
        starts = tokens.starts[tokens.is_word()].tolist()
        cuts = [*starts[::n_words], len(text)]
        found += [text[a:b].strip() for a, b in pairwise(cuts)]
    return [line for line in found if line]


def _every(lines: Lines, n: int, added: str) -> list[str]:
    """The lines, and one more behind every few."""
    found = []
    for place, line in enumerate(lines, 1):
        found += [line, added] if place % n == 0 else [line]
    return found


def _name(lines: Lines) -> str:
    return _short(lines[:1], 1)[0]


FORMS: Final[Mapping[str, Callable[[Lines], Sequence[str]]]] = {
    "article: paragraphs": lambda s: [" ".join(s[i : i + 3]) for i in range(0, len(s), 3)],
    "one sentence a line": lambda s: s,
    "every sentence in quotes": lambda s: [f"“{x}”" for x in s],
    "dialogue with dashes": lambda s: [f"— {x}" for x in s],
    "interview": lambda s: [f"{_name(s)}: {x}" for x in s],
    "notes behind sentences": lambda s: [f"{x}[{n}]" for n, x in enumerate(s, 1)],
    "emoji behind sentences": lambda s: [f"{x} 😀" for x in s],
    "one paragraph without punctuation": lambda s: [_MARKS.sub(" ", " ".join(s))],
    "poem without punctuation": lambda s: _short(s)[:60],
    "poem, a full stop every fourth line": lambda s: [
        x + (s[0][-1] if n % 4 == 3 else "") for n, x in enumerate(_short(s)[:60])
    ],
    "lyrics with a refrain": lambda s: _every(_short(s)[:48], 4, "\n".join(_short(s[-2:])[:3])),
    "recipe: ingredients and steps": lambda s: [
        *(f"{n * 50} g {x}" for n, x in enumerate(_short(s, 2)[:14], 1)),
        *(f"{n}. {x}" for n, x in enumerate(s[:10], 1)),
    ],
    "list with bullets": lambda s: [f"• {x}" for x in _short(s)[:40]],
    "numbered list of sentences": lambda s: [f"{n}. {x}" for n, x in enumerate(s, 1)],
    "glossary": lambda s: [f"{a}: {b}" for a, b in zip(_short(s, 2), _short(s, 9), strict=False)],
    "headlines": lambda s: _short(s, 8)[:40],
    "table, cells by bars": lambda s: [
        " | ".join(_short([x], 3)[:4]) for x in s if len(_short([x], 3)) > 3
    ],
    "timetable": lambda s: [
        f"{8 + n // 4}:{n % 4 * 15:02} {x}" for n, x in enumerate(_short(s, 2)[:50])
    ],
    "code with comments": lambda s: [
        line
        for n, x in enumerate(s)
        for line in (f"# {x}", f"def f{n}(x, y):", f"    return x[{n}] + y.get({n}, 0)", "")
    ],
    "chat, sentences that trail off": lambda s: [f"{x.rstrip('.。।።')}..." for x in s],
    "forum: quoted lines and answers": lambda s: [
        line for a, b in zip(s[::2], s[1::2], strict=False) for line in (f"> {a}", b, "")
    ],
    "capitals": lambda s: [x.upper() for x in s],
}  # fmt: skip
"""The forms; each makes the lines of a text of sentences."""


def sentences_of(paragraphs: Lines) -> list[str]:
    """Sentences that end in a mark, from the articles."""
    found = [x for line in paragraphs[10:] for x in _END.split(nfc(line)) if len(x) > 15]
    return found[:48]


def verdict(text: str, label: str, configs: LanguageConfigs) -> str:
    """``kept``, or the rules that a text breaks, the deciding one first."""
    stopwords = {label: frozenset(configs.for_label(label).stopwords)}
    batch = measure([text], [label], stopwords)
    row = batch.to_pylist()[0]
    batch = batch.append_column("label", pa.array([label]))
    batch = batch.append_column(LID, pa.array([1.0]))
    reason = mark_drop_reason(batch, configs=configs)["drop_reason"].to_pylist()[0]
    if reason is None:
        return "kept"
    broken = [
        t.metric
        for t in configs.for_label(label).thresholds
        if t.metric in METRICS and not _keeps(row[t.metric], t.min, t.max)
    ]
    return f"{_called(reason)} +{len(broken) - 1}" if len(broken) > 1 else _called(reason)


def _keeps(value: float | None, low: float | None, high: float | None) -> bool:
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def _called(metric: str) -> str:
    return metric.removesuffix("_fraction").removesuffix("_char")


def rows_of(paragraphs: Mapping[str, Lines], configs: LanguageConfigs) -> list[list[str]]:
    """A row for each form, a cell for each label."""
    sentences = {}
    for label in LABELS:
        names = NAMES.get(label, (label,))
        sentences[label] = sentences_of(next(paragraphs[n] for n in names if n in paragraphs))
    rows = [
        [name, *(verdict("\n".join(form(sentences[x])), x, configs) for x in LABELS)]
        for name, form in FORMS.items()
    ]
    plain = [_MARKS.sub("", line) for line in ANALECTS]
    for name, lines in (("Analects, punctuated", ANALECTS), ("Analects, no punctuation", plain)):
        cells = ["" for _ in LABELS]
        cells[LABELS.index("cmn_Hani")] = verdict("\n".join(lines), "cmn_Hani", configs)
        rows.append([name, *cells])
    return rows


HEAD: Final = """# What rules do to forms of text

Thresholds look at form, and good text has many. Made by

```sh
python -m tests.benchmarks.forms --out docs/forms.md
```

Each text is made of some fifty sentences of the Universal Declaration of Human Rights in its
language, put into a form: the words are good, and only the form can be at fault. The cells say what
the [shipped configs](shipped-configs.md) do, LID aside: *kept*, or the rule that drops the text
(without `_fraction` and `_char`) and how many more it breaks.

"""

TAIL: Final = """
How to read it:

- What closes a sentence (quotes, brackets, notes, emoji) changes nothing at line ends. Where such a
  row falls to repetition, the declaration itself is at fault: nearly all its sentences in that
  language begin alike, and a mark before each makes longer runs of it.
- **Poems, lyrics, headlines, glossaries** have lines that no mark ends, and fall to
  `terminal_punct_line_fraction` where the label has it, as they do in FineWeb2. The rule keeps
  menus and lists of links out, and cannot tell a poem from them. For verse leave it out for the
  label, or give sites of verse a job of their own.
- **Text without punctuation**, Classical Chinese among it, falls to the same rule: write
  `{metric: terminal_punct_line_fraction, inherit: false, why: …}`. Classical Chinese *with* the
  punctuation of an edition has a mark for every four characters, and falls to
  `alpha_word_fraction`.
- **Lists with bullets** fall to `bullet_line_fraction` in every script, **chat that trails off** to
  `ellipsis_line_fraction`: both are the same for all languages.
- **Tables, timetables, code** fall to line ends, to the share of words with letters, or to
  repetition; a refrain repeats too, and so does a speaker's name before every line.
- Recipes, numbered lists, forum threads and text in capitals are kept.
- `curate whatif WORK --set METRIC=off` counts on your own documents what leaving a rule out brings.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """The command; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paragraphs", type=Path, default=PARAGRAPHS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args(arguments)
    with gzip.open(given.paragraphs, "rt", encoding="utf-8") as file:
        paragraphs = json.load(file)
    configs = LanguageConfigs.load(builtin_folder("language_configs"))
    text = HEAD + table(("form", *LABELS), rows_of(paragraphs, configs)) + "\n" + TAIL
    if given.out:
        given.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
