"""Make the table of the scripts that languages are written in: ``curate/data/lid/scripts.txt``.

Run ``python -m curate.lid.build_scripts SUPPLEMENTAL LABELS OUT``. SUPPLEMENTAL is CLDR's
``supplementalData.xml``, of which only ``languageData`` is read (primary and secondary scripts).
LABELS has a label a line, such as those of GlotLID, FLORES+ or FineWeb2: an identifier that claims
a label, or a corpus that has one, says that the language is written in the script. OUT is written
with the same bytes every time for the same sources.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from curate.labels import UNDETERMINED, is_label, language_of, script_of
from curate.lid.codes import language_code, script_code

_NOT_WRITTEN = frozenset({"Zxxx", "Zyyy", "Zzzz", "Zinh"})
_PARTS = {"Hrkt": "Jpan", "Kana": "Jpan", "Hira": "Jpan", "Jamo": "Hang"}


def scripts_of_cldr(source: Path) -> dict[str, set[str]]:
    """ISO 639-3 code -> scripts, as CLDR's ``languageData`` has them."""
    by_language: dict[str, set[str]] = defaultdict(set)
    for element in ElementTree.parse(source).iterfind("languageData/language"):
        language = language_code(element.get("type", ""))
        scripts = (script_code(script) for script in element.get("scripts", "").split())
        if language != UNDETERMINED:
            by_language[language].update(_PARTS.get(script, script) for script in scripts)
    return by_language


def scripts_of_labels(labels: Iterable[str]) -> dict[str, set[str]]:
    """ISO 639-3 code -> scripts, of labels such as ``hin_Latn``; other lines are left out."""
    by_language: dict[str, set[str]] = defaultdict(set)
    for label in labels:
        if is_label(label):
            language = language_code(language_of(label))
            if language != UNDETERMINED:
                by_language[language].add(script_code(script_of(label)))
    return by_language


def table_of(*sources: Mapping[str, set[str]]) -> str:
    """The text of the table: a language a line, and its scripts."""
    joined: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        for language, scripts in source.items():
            joined[language] |= scripts - _NOT_WRITTEN
    lines = (f"{code} {' '.join(sorted(scripts))}" for code, scripts in sorted(joined.items()))
    return "".join(f"{line}\n" for line in lines if " " in line.strip())


def main(arguments: Sequence[str]) -> int:
    """Write the table; the exit code is 2 for wrong arguments."""
    if len(arguments) != 3:
        sys.stderr.write("usage: python -m curate.lid.build_scripts SUPPLEMENTAL LABELS OUT\n")
        return 2
    supplemental, labels, out = map(Path, arguments)
    names = labels.read_text(encoding="utf-8").split()
    table = table_of(scripts_of_cldr(supplemental), scripts_of_labels(names))
    out.write_text(table, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
