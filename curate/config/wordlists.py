"""Wordlists: the words and address terms by which a label's documents are told from others'.

A folder has one text file per label, ``pcm_Latn.txt``: settings in YAML, a line ``---``, and then a
word on each line, most frequent first, with how often it occurs in the label's part of the
reference corpus and in all of it::

    label: pcm_Latn
    names: [naija, pidgin]
    top_level_domains: []
    provenance:
      ...
    ---
    dey	90	100

``names`` and ``top_level_domains`` are for people to fill in; a word added by hand needs no counts.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, field_validator

from curate.config.load import build, dump_yaml, parse_yaml
from curate.config.problems import problem
from curate.config.sections import Settings
from curate.errors import ConfigError, words_of
from curate.labels import is_label
from curate.lid.wordlists import AddressTerms

SUFFIX: Final = ".txt"
_END = "---"
_Texts = Annotated[tuple[str, ...], Field(strict=False)]


class WordlistSource(Settings):
    """Where a list comes from, so that it can be made again or doubted."""

    reference: _Texts = Field(description="the files of the reference corpus, or its name")
    documents: int = Field(ge=0, description="documents of the label in it")
    words: int = Field(ge=0, description="words of the label in it")
    labels: int = Field(ge=0, description="labels in it: what the words were compared with")
    min_affinity: float = Field(ge=0, le=1, description="least share of a word's occurrences")
    quantile: float = Field(ge=0, le=1, description="of the words by count; rarer ones are out")
    curate: str | None = Field(default=None, description="the version of curate that made it")


class WordlistHead(Settings):
    """The lines above the words."""

    label: str = Field(description="the file's name, without .txt")
    names: _Texts = Field(default=(), description="of the language and of where it is spoken")
    top_level_domains: _Texts = Field(default=(), description="without the dot, lower case")
    provenance: WordlistSource = Field(description="where the words come from")

    @field_validator("top_level_domains")
    @classmethod
    def _are_domains(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        for domain in domains:
            if not domain or "." in domain or domain != domain.casefold():
                raise problem(
                    "top-level domains without a dot, in lower case, such as ng",
                    repr(domain),
                    "correct it",
                )
        return domains


@dataclass(frozen=True)
class Wordlist:
    """The list of one label.

    Attributes:
        head: settings and provenance.
        counts: word -> how often it is in the label's part of the reference and in all of it; None
            for a word that a person added.
    """

    head: WordlistHead
    counts: Mapping[str, tuple[int, int] | None]

    @cached_property
    def words(self) -> frozenset[str]:
        """The words."""
        return frozenset(self.counts)

    @cached_property
    def address(self) -> AddressTerms:
        """Terms in an address that name the language."""
        return AddressTerms(self.head.names, frozenset(self.head.top_level_domains))

    def to_text(self) -> str:
        """The file."""
        lines = [
            f"# Words of {self.head.label}: count in its documents, count in all. `names` and\n"
            "# `top_level_domains` are for people to fill in and are kept when the list is made "
            f"again.\n{dump_yaml(self.head.model_dump(mode='json'))}{_END}"
        ]
        order = sorted(self.counts.items(), key=lambda item: (-(item[1] or (0, 0))[0], item[0]))
        lines += [word if n is None else f"{word}\t{n[0]}\t{n[1]}" for word, n in order]
        return "\n".join(lines) + "\n"


def load_wordlists(folder: Path) -> dict[str, Wordlist]:
    """Every list of a folder, by label.

    Raises:
        ConfigError: there is no such folder, or none in it; a file is no list.
    """
    files = [p for p in sorted(folder.glob(f"*{SUFFIX}")) if p.is_file()]
    if not files:
        raise ConfigError(
            str(folder),
            wanted=f"a folder of wordlists, such as pcm_Latn{SUFFIX}",
            found="a folder without one" if folder.is_dir() else "no such folder",
            todo="correct `identify.wordlists`, or make them: curate wordlists REFERENCE --out DIR",
        )
    return {path.stem: load_wordlist(path) for path in files}


def load_wordlist(path: Path) -> Wordlist:
    """Read one list.

    Raises:
        ConfigError: it cannot be read, or is no list.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            str(path),
            wanted="a wordlist in UTF-8",
            found=words_of(error)[:200],
            todo="make it again with `curate wordlists`, or remove the file",
        ) from error
    lines = text.split("\n")
    if _END not in lines:
        raise ConfigError(
            str(path),
            wanted=f"settings, a line `{_END}`, and a word on each line after it",
            found=f"{len(lines)} lines and none that is `{_END}`",
            todo="make it again with `curate wordlists`, or remove the file",
        )
    end = lines.index(_END)
    data, positions = parse_yaml("\n".join(lines[:end]), str(path))
    head = build(WordlistHead, data, positions, str(path))
    if head.label != path.stem or not is_label(head.label):
        raise ConfigError(
            positions[("label",)],
            wanted="`label` as the file is called, such as pcm_Latn",
            found=f"{head.label!r} in {path.name}",
            todo="rename the file or correct the label",
        )
    return Wordlist(head, dict(_words(lines, end + 1, path)))


def _words(
    lines: list[str], first: int, path: Path
) -> Iterator[tuple[str, tuple[int, int] | None]]:
    seen: set[str] = set()
    for number, line in enumerate(lines[first:], start=first + 1):
        if not line.strip():
            continue
        word, *numbers = line.rstrip("\r").split("\t")
        counts = [int(n) for n in numbers if n.isascii() and n.isdigit()]
        fits = len(counts) == len(numbers) and len(numbers) in (0, 2)
        is_word = word.split() == [word] and unicodedata.is_normalized("NFC", word)
        if not (fits and is_word) or word in seen:
            raise ConfigError(
                f"{path}:{number}",
                wanted="a word in NFC, once, alone or with its two counts after tabs",
                found=f"{word!r} again" if word in seen else repr(line[:80]),
                todo="correct or remove the line",
            )
        seen.add(word)
        yield word, (counts[0], counts[1]) if counts else None


def wordlists_fingerprint(wordlists: Iterable[Wordlist]) -> str:
    """Sixteen hex digits that change with any word or address term; provenance does not count."""
    digest = hashlib.sha256()
    for one in sorted(wordlists, key=lambda w: w.head.label):
        terms = (one.head.label, sorted(one.head.names), sorted(one.head.top_level_domains))
        digest.update(repr((*terms, sorted(one.words))).encode())
    return digest.hexdigest()[:16]
