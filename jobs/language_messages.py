"""Messages of programs as texts: MediaWiki's JSON and gettext's catalogues.

A message is a line. Those of one language follow each other until they have words enough for a
text, in the order of files and keys, so a text is of one part of one program where that is large
enough. Left out are what is not translated, what is too short to be a sentence, and what has more
markup than words. Places for values and markup are taken out of the rest.
"""

from __future__ import annotations

import gettext
import io
import json
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

import numpy as np
from language_texts import Raw, Text

from curate.text.normalize import normalize_text
from curate.text.split import split_texts

WORDS_PER_TEXT: Final = 80
LEAST_WORDS: Final = 4
"""Words of a message: a name on a button is no sentence."""

_BATCH = 1024
_CHOICE = re.compile(r"\{\{\s*(?:PLURAL|GENDER)\s*:[^|{}]*\|([^|{}]*)[^{}]*\}\}", re.IGNORECASE)
_LINK = re.compile(r"\[\[(?:[^|\[\]]*\|)?([^|\[\]]*)\]\]")
_ADDRESS = re.compile(r"\[\S+ ([^\[\]]*)\]")
_TAG = re.compile(r"<[^<>]*>")
_VALUE = re.compile(r"\$\d+|%\(\w+\)[a-z]|%\d*\$?[-+0-9.]*l?[a-zA-Z]|\{\w*\}")
_ACCELERATOR = re.compile(r"\([_&]\w\)|(?<!\w)[_&](?=\w)|(?<=\w)[_&](?=\w)")
_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"[{}<>|\\=]|__|&\w+;|https?:|''")


def plain(message: str) -> str:
    """A message without markup and places for values; empty if it is not of words."""
    text = _CHOICE.sub(r"\1", message.replace("'''", "").replace("''", ""))
    text = _LINK.sub(r"\1", text)
    text = _TAG.sub(" ", _ADDRESS.sub(r"\1", text))
    text = _ACCELERATOR.sub("", _VALUE.sub("", text))
    text = _SPACE.sub(" ", text).strip()
    return "" if _MARKUP.search(text) else normalize_text(text)


def texts_of(messages: Iterable[tuple[str, str]], locale: str) -> Iterator[Text]:
    """Lines together until they have :data:`WORDS_PER_TEXT` words; each message once."""
    lines: list[str] = []
    n, first = 0, ""
    for page, line, n_words in _counted(messages):
        first = first or page
        lines.append(line)
        n += n_words
        if n >= WORDS_PER_TEXT:
            yield Text(first, locale, "\n".join(lines))
            lines, n, first = [], 0, ""
    if lines:
        yield Text(first, locale, "\n".join(lines))


def _counted(messages: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """Page, line and number of words of each message that is long enough, many counted at once."""
    seen: set[str] = set()
    remaining = iter(messages)
    while batch := list(islice(remaining, _BATCH)):
        lines = [(page, plain(message)) for page, message in batch]
        lines = [(page, line) for page, line in lines if line]
        tokens = split_texts([line for _, line in lines])
        is_word = np.concatenate(([0], np.cumsum(tokens.is_word())))
        counts = (is_word[tokens.offsets[1:]] - is_word[tokens.offsets[:-1]]).tolist()
        for (page, line), n_words in zip(lines, counts, strict=True):
            if n_words >= LEAST_WORDS and line not in seen:
                seen.add(line)
                yield page, line, n_words


def from_json(raws: Sequence[Raw], english: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Messages of MediaWiki: a mapping of keys to texts, some of them left in English."""
    for raw in raws:
        found = json.loads(raw.body)
        if not isinstance(found, dict):
            continue
        for key, text in found.items():
            if isinstance(text, str) and text != english.get(f"{raw.page}#{key}"):
                yield f"{raw.page}#{key}", text


def english_of(raws: Sequence[Raw]) -> dict[str, str]:
    """The same of English, by which what was left in English is known."""
    return {page: text for page, text in from_json(raws, {})}


def from_gettext(raws: Sequence[Raw], english: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Messages of compiled catalogues; plural forms each by itself."""
    del english  # a catalogue has it beside the translation
    for raw in raws:
        try:
            catalogue = gettext.GNUTranslations(io.BytesIO(raw.body))
        except (OSError, ValueError, IndexError, struct.error):  # what its reader raises
            continue
        known: Mapping[object, str] = vars(catalogue)["_catalog"]
        for key, text in known.items():
            source = key[0] if isinstance(key, tuple) else key
            if source and text and text != str(source).rpartition("\x04")[2]:
                yield f"{raw.page}#{source}", text


Reader = Callable[[Sequence[Raw], Mapping[str, str]], Iterator[tuple[str, str]]]

READERS_OF_MESSAGES: Final[Mapping[str, Reader]] = {"messages": from_json, "gettext": from_gettext}
"""How the files of one language become messages; by the ``format`` of a source."""
