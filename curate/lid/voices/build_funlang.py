"""Convert the FunLangID lexicon to the table that :mod:`curate.lid.voices.funlang` reads.

Run ``python -m curate.lid.voices.build_funlang SOURCE OUT``. SOURCE is ``fun_langid.py`` of
google-research/url-nlp, or a copy of it. It is parsed and never executed: only its list of
``(tag, "ngram/ngram/...".strip().split("/"))`` is read. OUT is written with the same bytes every
time for the same SOURCE.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from curate.errors import InputError
from curate.lid.voices.funlang import ONE_CHARACTER_TAGS
from curate.lid.voices.ngrams import NGRAM_CHARS
from curate.text.scripts import SHARED, merge_cjk, script_counts

_LIST_NAME = "_lexicon"
_TOP_N = 150  # FunLangID reads this many of each language's n-grams, best first
_SCRIPT_FRACTION = 0.2  # of the letters of a list, for the list to be written in a script


def read_lexicon(source: Path) -> list[tuple[str, list[str]]]:
    """The BCP 47 tag and n-grams, best first, of every language in ``fun_langid.py``.

    Raises:
        InputError: SOURCE assigns no ``_lexicon`` list of the expected form.
    """
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
            (target,) = node.targets
            if isinstance(target, ast.Attribute) and target.attr == _LIST_NAME:
                return [_entry(element, source) for element in node.value.elts]
    raise InputError(
        str(source),
        wanted=f"a list assigned to self.{_LIST_NAME}",
        found="no such assignment",
        todo="give fun_langid.py of google-research/url-nlp",
    )


def _entry(node: ast.expr, source: Path) -> tuple[str, list[str]]:
    match node:
        case ast.Tuple(
            elts=[
                ast.Constant(value=str(tag)),
                ast.Call(
                    func=ast.Attribute(
                        value=ast.Call(
                            func=ast.Attribute(value=ast.Constant(value=str(text)), attr="strip")
                        ),
                        attr="split",
                    )
                ),
            ]
        ):
            return tag, text.strip().split("/")[:_TOP_N]
    raise InputError(
        f"{source}:{node.lineno}",
        wanted='("tag", "ngram/ngram".strip().split("/"))',
        found=ast.unparse(node)[:80],
        todo="give fun_langid.py of google-research/url-nlp",
    )


def _usable(lexicon: Sequence[tuple[str, list[str]]]) -> Iterator[tuple[str, int]]:
    """Each n-gram that scoring can meet, with the index of its language.

    Empty ones and ones longer than a window never match, and one character alone counts only in
    :data:`ONE_CHARACTER_TAGS`.
    """
    for index, (tag, ngrams) in enumerate(lexicon):
        for ngram in dict.fromkeys(ngrams):
            if 1 < len(ngram) <= NGRAM_CHARS or (len(ngram) == 1 and tag in ONE_CHARACTER_TAGS):
                yield ngram, index


def _scripts(ngrams: Sequence[str]) -> str:
    """The scripts a list is written in, most letters first, separated by spaces."""
    counts = merge_cjk(script_counts(" ".join(ngrams)))
    counts.pop(SHARED, None)
    enough = _SCRIPT_FRACTION * sum(counts.values())
    ordered = sorted(counts, key=lambda script: (-counts[script], script))
    return " ".join(script for script in ordered if counts[script] >= enough)


def compile_table(lexicon: Sequence[tuple[str, list[str]]]) -> dict[str, np.ndarray]:
    """The arrays of the table file; see :class:`curate.lid.voices.funlang.FunLangTable`."""
    postings: dict[str, list[int]] = {}
    for ngram, index in _usable(lexicon):
        postings.setdefault(ngram, []).append(index)
    alphabet = sorted({ord(character) for ngram in (" ", *postings) for character in ngram})
    ids = {chr(code_point): i for i, code_point in enumerate(alphabet, start=2)}

    def key(ngram: str) -> int:
        code = 0
        for position in range(NGRAM_CHARS):
            code = code << 16 | (ids[ngram[position]] if position < len(ngram) else 0)
        return code

    ordered = sorted(postings, key=key)
    lengths = [len(postings[ngram]) for ngram in ordered]
    return {
        "tags": np.array([tag for tag, _ in lexicon]),
        "scripts": np.array([_scripts(ngrams) for _, ngrams in lexicon]),
        "alphabet": np.array(alphabet, dtype=np.uint32),
        "keys": np.array([key(ngram) for ngram in ordered], dtype=np.uint64),
        "starts": np.concatenate(([0], np.cumsum(lengths))).astype(np.uint32),
        "postings": np.array([i for ngram in ordered for i in postings[ngram]], dtype=np.uint16),
    }


def main(arguments: Sequence[str]) -> int:
    """Write the table; the exit code is 2 for wrong arguments."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m curate.lid.voices.build_funlang SOURCE OUT\n")
        return 2
    source, out = map(Path, arguments)
    table = compile_table(read_lexicon(source))
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
