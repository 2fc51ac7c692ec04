"""The sample of one label as a block of text that the page holds and unpacks when it is needed.

A block is base64 of zlib of: the length of a header in bytes (uint32, little-endian), the header
(JSON in UTF-8), and columns of the header's ``n`` documents one after the other: for each metric
the low bytes of its codes and then the high bytes, then ``size`` (cluster size, a code in the same
form), then bytes for ``flags``, ``drop`` and ``host``.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import fmean
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curate.config.identified import OWN_WORDS, URL_NAMES
from curate.config.language import LanguageConfig
from curate.config.measured import in_order
from curate.report.data import ConfigInForce
from curate.report.terminal_tables import is_harmless
from curate.report.value_codes import EXEMPT, encode

REPRESENTATIVE, EXTRA, COMPARED = 1, 2, 4
"""Bits of a document's ``flags``; an extra one is an example of its reason, not of the sample."""

NONE = 255
SHOWN_HOSTS = 24
SHOWN_RUNNERS_UP = 8


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a sample is put into the page.

    Attributes:
        documents: of a label.
        texts: how many of these have the beginning of their text.
        chars: code points of such a beginning.
    """

    documents: int
    texts: int
    chars: int


ROOMS = (
    Room(10_000, 1000, 300),
    Room(2000, 600, 300),
    Room(1000, 400, 280),
    Room(1000, 240, 220),
    Room(700, 160, 200),
    Room(500, 120, 160),
    Room(400, 80, 140),
    Room(300, 50, 120),
    Room(200, 30, 120),
)
"""From rich to poor; a page takes the first that all its labels fit in with."""


class _Harmless(dict[int, str]):
    """Translation table: controls and direction overrides become blanks, filled as it is used."""

    def __missing__(self, point: int) -> str:
        c = chr(point)
        self[point] = c if is_harmless(c) else " "
        return self[point]


_HARMLESS = _Harmless()


def plain_text(text: str | None) -> str:
    """Page text without controls, escapes, direction overrides and surrogates, on one line."""
    return " ".join((text or "").translate(_HARMLESS).split())


def pack_label(table: pa.Table, config: ConfigInForce, room: Room) -> str:
    """The block of one label.

    Args:
        table: its sample, by rising key, with ``is_extra``.
        config: the label's thresholds; codes decide these exactly.
        room: how much of the sample to take.
    """
    table = _within(table, room)
    metrics = [m for m in in_order(table.column_names) if _has_values(table, m)]
    drops = sorted({x for x in table["drop_reason"].to_pylist() if x is not None})
    hosts, host = _hosts(table["url"].to_pylist())
    header = {
        "n": table.num_rows,
        "metrics": metrics,
        "drops": drops,
        "hosts": hosts,
        "runnersUp": runners_up(table),
        "texts": _texts(table, room),
        "config": _config(config),
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    columns = [_planes(_codes(table, m, config.resolved)) for m in metrics]
    columns.append(_planes(encode(_floats(table["cluster_size"]))))
    columns += [_flags(table), _indexes(table["drop_reason"].to_pylist(), drops), host]
    body = len(text).to_bytes(4, "little") + text + b"".join(columns)
    return base64.b64encode(zlib.compress(body, 6)).decode()


def _within(table: pa.Table, room: Room) -> pa.Table:
    extra = table["is_extra"].to_numpy(zero_copy_only=False)
    return table.filter(pa.array(extra | (np.cumsum(~extra) <= room.documents)))


def _has_values(table: pa.Table, metric: str) -> bool:
    if metric == OWN_WORDS and _is_named(table).any():
        return True  # who need not have it passes all the same
    return bool(table[metric].null_count < table.num_rows)


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    filled = pc.fill_null(pc.cast(column, pa.float64()), float("nan"))
    values: npt.NDArray[np.float64] = filled.to_numpy()
    return values


def _codes(table: pa.Table, metric: str, config: LanguageConfig) -> npt.NDArray[np.uint16]:
    threshold = config.threshold(metric)
    bounds = [] if threshold is None else [(threshold.min, threshold.max)]
    codes = encode(_floats(table[metric]), bounds)
    if metric == OWN_WORDS:  # not asked for where the address names the language
        codes[_is_named(table)] = EXEMPT
    return codes


def _is_named(table: pa.Table) -> npt.NDArray[np.bool_]:
    named: npt.NDArray[np.bool_] = pc.fill_null(table[URL_NAMES], False).to_numpy()
    return named


def _planes(codes: npt.NDArray[np.uint16]) -> bytes:
    """Low bytes, then high bytes: half the size of the mixture when compressed."""
    return (codes & 255).astype(np.uint8).tobytes() + (codes >> 8).astype(np.uint8).tobytes()


def _flags(table: pa.Table) -> bytes:
    chosen = table["is_representative"].to_numpy(zero_copy_only=False)
    extra = table["is_extra"].to_numpy(zero_copy_only=False)
    compared = pc.is_valid(table["cluster_size"]).to_numpy(zero_copy_only=False)
    flags = REPRESENTATIVE * chosen + EXTRA * extra + COMPARED * compared
    return bytes(flags.astype(np.uint8).tobytes())


def _indexes(values: Sequence[str | None], names: Sequence[str]) -> bytes:
    place = {name: i for i, name in enumerate(names)}
    return bytes(NONE if x is None else place.get(x, NONE) for x in values)


def host_of(url: str | None) -> str:
    """The host of an address without ``www.``; empty if there is none."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _hosts(urls: Sequence[str | None]) -> tuple[list[str], bytes]:
    """The most frequent hosts, and for each document which it is of."""
    hosts = [plain_text(host_of(url)) for url in urls]
    counts = Counter(host for host in hosts if host)
    most = [h for h, _ in sorted(counts.items(), key=lambda x: (-x[1], x[0]))[:SHOWN_HOSTS]]
    return most, _indexes(hosts, most)


def runners_up(table: pa.Table) -> list[tuple[str, int, float, float]]:
    """Other labels that the identifier thought of: documents, mean confidence in them and in ours.

    Of the sample alone; documents without a second label have the empty one.
    """
    by_label: dict[str, list[tuple[float, float]]] = {}
    rows = zip(
        table["top_labels"].to_pylist(),
        table["label"].to_pylist(),
        table["lid_confidence"].to_pylist(),
        table["is_extra"].to_pylist(),
        strict=True,
    )
    for labels, own, confidence, extra in rows:
        if not extra:
            others = [x for x in labels or () if x["label"] != own]
            second = max(others, key=lambda x: x["confidence"], default=None)
            name, value = (second["label"], second["confidence"]) if second else ("", 0.0)
            sure = confidence if confidence is not None and isfinite(confidence) else 0.0
            by_label.setdefault(name, []).append((value, sure))
    lines = [
        (name, len(pairs), _mean(p[0] for p in pairs), _mean(p[1] for p in pairs))
        for name, pairs in by_label.items()
    ]
    return sorted(lines, key=lambda x: (-x[1], x[0]))[:SHOWN_RUNNERS_UP]


def _mean(values: Iterable[float]) -> float:
    return round(fmean(values), 4)


def _texts(table: pa.Table, room: Room) -> list[tuple[int, str, str]]:
    """(document, address, beginning of its text) of those that are shown."""
    shown: list[tuple[int, str, str]] = []
    n_sample = 0
    columns = (table[name].to_pylist() for name in ("url", "text", "is_extra"))
    for row, (url, text, extra) in enumerate(zip(*columns, strict=True)):
        n_sample += not extra
        if text is None or (not extra and n_sample > room.texts):
            continue
        address = plain_text(url)[:300]
        is_cut = len(text) >= room.chars
        shown.append((row, address, plain_text(text[: room.chars]) + "…" * is_cut))
    return shown


def _config(config: ConfigInForce) -> dict[str, Any]:
    """The data that the page needs to write a label's own file."""
    own = config.own
    return {
        "layers": list(config.layers),
        "rules": _rules(config.resolved),
        "parent": _rules(config.parent),
        "own": None if own is None else _rules(own),
        "stopwords": [] if own is None else list(own.stopwords),
        "nStopwords": len(config.resolved.stopwords),
        "provenance": config.resolved.provenance.model_dump(mode="json", exclude_none=True),
    }


def _rules(config: LanguageConfig) -> list[dict[str, Any]]:
    return [t.model_dump(exclude_defaults=True) for t in config.thresholds]
