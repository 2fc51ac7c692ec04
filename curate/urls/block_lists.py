"""Lines of block lists: what people publish, as canonical entries.

Understood are plain lists of domains or addresses, the folders of the UT1 lists (``domains`` and
``urls``), hosts files (``0.0.0.0 example.org``) and the domain rules of ad blockers
(``||example.org^``). ``#``, ``!`` and ``;`` begin comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from curate.errors import ConfigError
from curate.urls.address import canonical, folded_word, is_letter

Lines = Iterable[str | bytes]

_SINK = re.compile(r"^(?:0\.0\.0\.0|127\.0\.0\.1|255\.255\.255\.255|::1?|fe80::1(?:%\w+)?)\s+")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
# Most lines of most lists: nothing to take off, nothing to decode.
_PLAIN = re.compile(r"(?:(?!xn--)[a-z0-9_-]+\.)+(?!xn--)[a-z][a-z0-9-]*")
_LOCAL = frozenset(
    ("localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "0.0.0.0")
)


def _content(lines: Lines) -> Iterator[str]:
    """Lines without comments, blanks and a byte order mark; bytes that are no UTF-8 are read."""
    for line in lines:
        text = line.decode("utf-8", "replace") if isinstance(line, bytes) else line
        if "#" in text:
            text = _COMMENT.sub("", text)
        text = text.strip().lstrip("\ufeff")
        if text and text[0] not in "!;[":
            yield text


def domains_of(lines: Lines) -> Iterator[str]:
    """Hosts in canonical form, each of which stands for itself and all below it."""
    for text in _content(lines):
        if _PLAIN.fullmatch(text):
            yield text
            continue
        sink = _SINK.match(text)
        for name in text[sink.end() :].split() if sink else (text,):
            name = name.removeprefix("||").partition("^")[0].removeprefix("*").lstrip(".")
            host, _ = canonical(name)
            if host and not (sink and host in _LOCAL):
                yield host


def urls_of(lines: Lines) -> Iterator[str]:
    """Addresses in canonical form, without ``www.`` and a trailing slash."""
    for text in _content(lines):
        host, rest = canonical(text)
        if host:
            yield (host.removeprefix("www.") or host) + rest.rstrip("/")


def words_of(lines: Lines, *, where: str) -> Iterator[str]:
    """Words in the form in which they are compared.

    Raises:
        ConfigError: a line holds more than one word.
    """
    for text in _content(lines):
        word = folded_word(text)
        if not all(map(is_letter, word)):
            raise ConfigError(
                where,
                wanted="one word a line: letters, marks and digits",
                found=repr(text),
                todo="write each word on a line of its own, or use `substrings`",
            )
        yield word


def substrings_of(lines: Lines) -> Iterator[str]:
    """Parts of words, case folded."""
    for text in _content(lines):
        yield folded_word(text)
