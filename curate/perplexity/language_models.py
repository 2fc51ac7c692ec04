"""KenLM models by label, as CCNet uses them: a SentencePiece model beside each, or none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from glob import escape, glob
from pathlib import Path
from typing import Any, Final, Literal

from curate.errors import ModelError
from curate.labels import is_label
from curate.models import load_package, require_file
from curate.perplexity.normal_form import ccnet_form
from curate.text.split import split_texts

PERPLEXITY_VERSION: Final = "1"
"""Raised by hand when the same models give other perplexities."""

LABEL: Final = "{label}"
"""The place of the label in a pattern of model files."""

Form = Literal["ccnet", "none"]
Tokens = Literal["spaces", "words"]

_EXTRA = "perplexity"
_BINARY = b"mmap lm http://kheafield.com/code"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """The files of one label's model, and the form of text they are for.

    Attributes:
        model: a KenLM binary or an ARPA file.
        sentencepiece: a SentencePiece model; None for tokens of the text itself.
        form: what is done to a line first.
        tokens: without SentencePiece, what stands between spaces or what our splitter cuts.
        join_lines: take a text as one line, line feeds left out, as CCNet's own pipeline does.
        digest: of the files, if a process may meet others at the same paths.
    """

    model: str
    sentencepiece: str | None = None
    form: Form = "ccnet"
    tokens: Tokens = "spaces"
    join_lines: bool = False
    digest: str = ""


class LineReader:
    """Texts as a language model reads them.

    Raises:
        ModelError: the SentencePiece model is missing or unusable, or its package not installed.
    """

    def __init__(self, files: ModelFiles) -> None:
        self._files = files
        self._pieces = None if files.sentencepiece is None else _sentencepiece(files.sentencepiece)

    def lines(self, text: str) -> list[str]:
        """The lines of a text: tokens with a space between. Lines without tokens are left out."""
        files = self._files
        lines = [text] if files.join_lines else text.split("\n")
        if files.form == "ccnet":
            lines = [ccnet_form(line) for line in lines]
        token_lines = (" ".join(self._tokens(line)) for line in lines)
        return [line for line in token_lines if line]

    def _tokens(self, line: str) -> list[str]:
        if self._pieces is not None:
            pieces: list[str] = self._pieces.encode_as_pieces(line)
            return pieces
        if self._files.tokens == "words":
            return split_texts([line]).of(0).strings()
        return line.split()


class LanguageModel:
    """Perplexity under a KenLM model.

    Raises:
        ModelError: a file is missing or unusable, or a package is not installed.
    """

    def __init__(self, files: ModelFiles) -> None:
        self._reader = LineReader(files)
        self._model = _kenlm(files.model)

    def perplexity(self, text: str) -> float:
        """10 ** (-log10 p / n), n being the tokens and one end of sentence a line.

        NaN for a text without tokens. Where it is too large for a number, the largest number.
        """
        total, n = 0.0, 0
        for line in self._reader.lines(text):
            total += self._model.score(line)
            n += line.count(" ") + 2
        return math.nan if not n else 10.0 ** min(-total / n, 308.0)


@lru_cache(maxsize=64)
def load_model(files: ModelFiles) -> LanguageModel:
    """The model, loaded once per process.

    Raises:
        ModelError: see :class:`LanguageModel`.
    """
    return LanguageModel(files)


_reader = lru_cache(maxsize=64)(LineReader)


def lines_of(text: str, files: ModelFiles) -> list[str]:
    """The lines of a text as a model of these files reads them, and is to be trained on.

    Raises:
        ModelError: see :class:`LineReader`; ``files.model`` need not be there.
    """
    return _reader(files).lines(text)


def check_model(files: ModelFiles) -> None:
    """Load a model and let go of it; an ARPA file, which takes long, is only looked at.

    Raises:
        ModelError: see :class:`LanguageModel`.
    """
    load_package("kenlm", extra=_EXTRA, where=files.model)
    if files.sentencepiece is not None:
        _sentencepiece(files.sentencepiece)
    path = require_file(Path(files.model), wanted="a KenLM model", todo="correct the path")
    with path.open("rb") as file:
        is_binary = file.read(len(_BINARY)) == _BINARY
    if is_binary:
        _kenlm(files.model)


def find_models(pattern: str | Mapping[str, str], *, setting: str) -> dict[str, str]:
    """Label -> file, of a pattern such as ``models/{label}.arpa.bin`` or a mapping.

    Raises:
        ModelError: a named file is not there, a key is no label, or a pattern matches nothing.
    """
    if isinstance(pattern, str):
        return _matching(pattern, setting)
    for label, path in pattern.items():
        if not is_label(label):
            raise _error(setting, "labels such as `fra_Latn` as keys", repr(label))
        require_file(Path(path), wanted=f"the file of {label}", todo=f"correct `{setting}`")
    return dict(sorted(pattern.items()))


def _matching(pattern: str, setting: str) -> dict[str, str]:
    before, mark, after = pattern.partition(LABEL)
    if not mark or LABEL in after:
        raise _error(setting, "a path with one `{label}` in it, or a path for each label", pattern)
    paths = {}
    pattern_of_files = f"{escape(before)}*{escape(after)}"
    for path in sorted(glob(pattern_of_files)):  # noqa: PTH207 - Path.glob takes no absolute pattern
        label = path[len(before) : len(path) - len(after)]
        if is_label(label):
            paths[label] = path
    if not paths:
        raise _error(setting, "at least one file, such as that of fra_Latn", f"none for {pattern}")
    return paths


def _error(setting: str, wanted: str, found: str) -> ModelError:
    return ModelError(setting, wanted=wanted, found=found, todo=f"correct `{setting}` in the job")


def _kenlm(path: str) -> Any:  # noqa: ANN401 - of a package that may be absent
    kenlm = load_package("kenlm", extra=_EXTRA, where=path)
    require_file(Path(path), wanted="a KenLM model", todo="correct the path in the job")
    config = kenlm.Config()
    config.load_method = kenlm.LoadMethod.LAZY  # mapped: workers share what they have read
    config.show_progress = False
    config.arpa_complain = kenlm.ARPALoadComplain.NONE
    try:
        return kenlm.Model(path, config)
    except (OSError, RuntimeError) as error:
        raise ModelError(
            path,
            wanted="a model that KenLM can load, a binary of build_binary or an ARPA file",
            found=str(error)[-200:],  # where it says why
            todo="make or fetch the model again",
        ) from error


def _sentencepiece(path: str) -> Any:  # noqa: ANN401 - as above
    package = load_package("sentencepiece", extra=_EXTRA, where=path)
    require_file(Path(path), wanted="a SentencePiece model", todo="correct the path in the job")
    try:
        return package.SentencePieceProcessor(model_file=path)
    except (OSError, RuntimeError) as error:
        raise ModelError(
            path,
            wanted="a model that SentencePiece can load",
            found=str(error)[:300],
            todo="make or fetch the model again",
        ) from error
