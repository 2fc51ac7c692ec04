"""The shipped Unicode tables: of which version, made again, loaded without being made."""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from itertools import pairwise

import numpy as np

from curate.text import characters, unicode_source
from curate.text.characters import CLASS_MASK, IS_FOLDED, CharClass, tables


def test_tables_say_their_version_and_cannot_be_written() -> None:
    found = tables()
    assert found.classes_version == unicode_source.CLASSES_VERSION == "18.0.0"
    assert found.folds_version >= "15.1.0"
    for table in (found.properties, *found.folding):
        assert not table.flags.writeable


def test_classes_are_those_of_the_regex_package() -> None:
    built = unicode_source.build_properties()
    shipped = tables().properties & ~np.uint16(IS_FOLDED)
    # A newer regex may know characters that were not assigned when the tables were made.
    differs = np.flatnonzero(built != shipped)
    unassigned = shipped[differs] & CLASS_MASK == CharClass.SYMBOL
    assert unassigned.all(), [hex(point) for point in differs[~unassigned][:10].tolist()]
    assert len(differs) < 20_000


def test_folds_hold_what_this_python_knows() -> None:
    folding = tables().folding
    forms = {
        int(point): "".join(map(chr, folding.fold_points[start:end].tolist()))
        for point, (start, end) in zip(
            np.flatnonzero(tables().properties & IS_FOLDED),
            pairwise(folding.fold_offsets.tolist()),
            strict=True,
        )
    }
    here = {
        point: form
        for point, form in unicode_source.build_folds().items()
        if unicodedata.category(chr(point)) != "Cn"
    }
    assert here.items() <= forms.items()


def test_loading_takes_no_time_to_speak_of() -> None:
    # Instructions, not seconds: no pattern is compiled and no code point is asked about.
    code = (
        "import sys; from curate.text import characters; characters.tables();"
        "print('regex' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


def test_sets_of_the_metrics() -> None:
    properties = tables().properties
    for flag, test in (
        (characters.IS_SPACE, str.isspace),
        (characters.IS_LINE_BREAK, lambda char: len(f"a{char}b".splitlines()) == 2),
    ):
        expected = [point for point in range(0x110000) if test(chr(point))]
        assert np.flatnonzero(properties & flag).tolist() == expected
