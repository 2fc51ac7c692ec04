"""Writes how the web's encodings differ from Python's codecs, and digests of every index.

    python jobs/encoding_corrections.py indexes.json

``indexes.json`` is the file that the WHATWG Encoding Standard publishes beside itself
(https://encoding.spec.whatwg.org/indexes.json). The one in use is that of 2026-09 (with the
changes of GB 18030-2022), out of the npm package ``@exodus/bytes`` 1.16.0 (MIT), which tests that
its tables are the standard's; that of 2017, out of ``text-encoding`` 0.7.0 (Unlicense or
Apache-2.0), differs in those 18 code points only. An index is a list of facts; nothing else of
either package is used.

It writes ``curate/encodings/corrections.py``, which the package needs, and
``tests/encodings/digests.json``, with which the tests prove every index equal without the file.
"""

from __future__ import annotations

import hashlib
import json
import sys
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
REPLACED = 0xFFFD
Index = list[int | None]

SINGLE_BYTE = {
    "ibm866": "cp866",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "windows-874": "cp874",
    **{f"windows-125{i}": f"cp125{i}" for i in range(9)},
    **{f"iso-8859-{i}": f"iso8859-{i}" for i in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
}
DOUBLE_BYTE = {
    "big5": "big5hkscs",
    "euc-jp": "euc-jp",
    "euc-kr": "cp949",
    "gb18030": "gb18030",
    "shift_jis": "cp932",
}


def at(index: Index, pointer: int) -> int | None:
    return index[pointer] if pointer < len(index) else None


def big5(indexes: dict[str, Index]) -> Iterator[tuple[bytes, int | None]]:
    for pointer in range(126 * 157):
        trail = pointer % 157
        pair = bytes([pointer // 157 + 0x81, trail + (0x40 if trail < 0x3F else 0x62)])
        yield pair, at(indexes["big5"], pointer)


def euc_kr(indexes: dict[str, Index]) -> Iterator[tuple[bytes, int | None]]:
    for pointer in range(126 * 190):
        pair = bytes([pointer // 190 + 0x81, pointer % 190 + 0x41])
        yield pair, at(indexes["euc-kr"], pointer)


def gb18030(indexes: dict[str, Index]) -> Iterator[tuple[bytes, int | None]]:
    for pointer in range(126 * 190):
        trail = pointer % 190
        pair = bytes([pointer // 190 + 0x81, trail + (0x40 if trail < 0x3F else 0x41)])
        yield pair, at(indexes["gb18030"], pointer)


def gb18030_four(ranges: list[list[int]]) -> Iterator[tuple[bytes, int | None]]:
    starts = [start for start, _ in ranges]
    for pointer in range(126 * 12600):
        found: int | None = None
        if pointer == 7457:
            found = 0xE7C7
        elif pointer <= 39419 or 189000 <= pointer <= 1237575:
            start, code_point = ranges[bisect_right(starts, pointer) - 1]
            found = code_point + pointer - start
        first, rest = divmod(pointer, 12600)
        second, rest = divmod(rest, 1260)
        third, fourth = divmod(rest, 10)
        yield bytes([0x81 + first, 0x30 + second, 0x81 + third, 0x30 + fourth]), found


def shift_jis(indexes: dict[str, Index]) -> Iterator[tuple[bytes, int | None]]:
    for pointer in range(60 * 188):
        lead, trail = divmod(pointer, 188)
        pair = bytes(
            [lead + (0x81 if lead < 0x1F else 0xC1), trail + (0x40 if trail < 0x3F else 0x41)]
        )
        is_private = 8836 <= pointer <= 10715
        yield pair, 0xE000 - 8836 + pointer if is_private else at(indexes["jis0208"], pointer)


def euc_jp(indexes: dict[str, Index]) -> Iterator[tuple[bytes, int | None]]:
    for lead, name in ((b"", "jis0208"), (b"\x8f", "jis0212")):
        for pointer in range(94 * 94):
            pair = bytes([pointer // 94 + 0xA1, pointer % 94 + 0xA1])
            yield lead + pair, at(indexes[name], pointer)


SEQUENCES = {
    "big5": big5,
    "euc-jp": euc_jp,
    "euc-kr": euc_kr,
    "gb18030": gb18030,
    "shift_jis": shift_jis,
}


def by_python(sequence: bytes, codec: str) -> str | None:
    try:
        return sequence.decode(codec)
    except UnicodeDecodeError:
        return None


def digest(code_points: Iterator[int | None]) -> str:
    """Of the code points in the order of the index, U+FFFD where it has none."""
    text = "".join(chr(REPLACED if point is None else point) for point in code_points)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def single_byte(indexes: dict[str, Index], name: str) -> list[int | None]:
    """128 code points; what a packed copy leaves out at the end stands for itself."""
    index = list(indexes[name])
    return index + [0x80 + i for i in range(len(index), 128)]


def main(path: str) -> None:
    indexes = json.loads(Path(path).read_text())
    missing: dict[str, dict[bytes, str]] = {}
    different: dict[str, dict[bytes, tuple[str, str]]] = {}
    digests: dict[str, str] = {}
    for name, codec in DOUBLE_BYTE.items():
        rows = list(SEQUENCES[name](indexes))
        if name == "gb18030":
            four = list(gb18030_four(indexes["gb18030-ranges"]))
            digests["gb18030 four bytes"] = digest(point for _, point in four)
            rows += four
        digests[name] = digest(point for sequence, point in rows if len(sequence) < 4)
        for sequence, point in rows:
            seen = by_python(sequence, codec)
            if point is not None and seen is None:
                missing.setdefault(name, {})[sequence] = chr(point)
            elif point is not None and seen is not None and seen != chr(point):
                different.setdefault(name, {})[sequence] = (seen, chr(point))
    single: dict[str, dict[int, str]] = {}
    for name, codec in SINGLE_BYTE.items():
        points = single_byte(indexes, name)
        digests[name] = digest(iter(points))
        for i, point in enumerate(points):
            if point is not None and by_python(bytes([0x80 + i]), codec) != chr(point):
                single.setdefault(name, {})[0x80 + i] = chr(point)
    write(single, missing, different)
    target = ROOT / "tests" / "encodings" / "digests.json"
    target.write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n")


def write(
    single: dict[str, dict[int, str]],
    missing: dict[str, dict[bytes, str]],
    different: dict[str, dict[bytes, tuple[str, str]]],
) -> None:
    """The module of the package. EUC-JP needs no row of its own: Shift_JIS has its characters."""
    lines = [
        '"""How the web\'s encodings differ from Python\'s; by jobs/encoding_corrections.py."""',
        "",
        "from __future__ import annotations",
        "",
        "SINGLE_BYTE: dict[str, dict[int, str]] = {",
        *(f"    {name!r}: {rows!a}," for name, rows in single.items()),
        "}",
        '"""Encoding -> byte -> character, where Python has none or another."""',
        "",
        "MISSING: dict[str, dict[bytes, str]] = {",
        *(f"    {name!r}: {rows!a}," for name, rows in missing.items() if name != "euc-jp"),
        "}",
        '"""Encoding -> bytes -> character, where Python has none."""',
        "",
        "DIFFERENT: dict[str, dict[bytes, tuple[str, str]]] = {",
        *(f"    {name!r}: {rows!a}," for name, rows in different.items()),
        "}",
        '"""Encoding -> bytes -> what Python gives, what the standard gives."""',
        "",
    ]
    (ROOT / "curate" / "encodings" / "corrections.py").write_text("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1])
