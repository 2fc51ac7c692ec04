"""Names of character encodings: what pages call them, and the Python codec nearest to each.

The labels are those of the WHATWG Encoding Standard, 4.2, and some that it does not know and
pages write: ``cp936``, ``win-1251``, ``euckr``. Python has hundreds of codecs, among them
``rot13``, ``utf-7`` and ``idna``; only those of this table are ever asked to decode a page. Where
browsers read a superset of what is declared (windows-1252 for latin-1, gb18030 for gb2312) it is
read here too.

The codec is only where :mod:`curate.encodings.decoders` begins: Python's are not the web's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """One encoding; there is one object of each, so that comparing costs nothing.

    Attributes:
        name: as the WHATWG standard has it, in lower case.
        codec: Python's codec nearest to it; empty if there is none.
        is_multibyte: characters may take several bytes.
    """

    name: str
    codec: str
    is_multibyte: bool = False


UTF_8 = Encoding("utf-8", "utf-8", is_multibyte=True)
UTF_16LE = Encoding("utf-16le", "utf-16-le", is_multibyte=True)
UTF_16BE = Encoding("utf-16be", "utf-16-be", is_multibyte=True)
UTF_32LE = Encoding("utf-32le", "utf-32-le", is_multibyte=True)
UTF_32BE = Encoding("utf-32be", "utf-32-be", is_multibyte=True)
"""No label of these is known: browsers read neither, and here only a page that begins so is."""
WINDOWS_1252 = Encoding("windows-1252", "cp1252")
X_USER_DEFINED = Encoding("x-user-defined", "")
REPLACEMENT = Encoding("replacement", "", is_multibyte=True)
"""Stands for encodings that browsers refuse to read; pages in them are not read here either."""

_REPLACEMENT = "replacement csiso2022kr hz-gb-2312 iso-2022-cn iso-2022-cn-ext iso-2022-kr hz"

_SINGLE_BYTE = """
ibm866 cp866: 866 cp866 csibm866
iso-8859-2 iso8859-2: csisolatin2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
iso-8859-3 iso8859-3: csisolatin3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
iso-8859-4 iso8859-4: csisolatin4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
iso-8859-5 iso8859-5: csisolatincyrillic cyrillic iso-ir-144 iso8859-5 iso88595 iso_8859-5 \
iso_8859-5:1988
iso-8859-6 iso8859-6: arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 \
iso-8859-6-e iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
iso-8859-7 iso8859-7: csisolatingreek ecma-118 elot_928 greek greek8 iso-ir-126 iso8859-7 \
iso88597 iso_8859-7 iso_8859-7:1987 sun_eu_greek
iso-8859-8 iso8859-8: csiso88598e csisolatinhebrew hebrew iso-8859-8-e iso-ir-138 iso8859-8 \
iso88598 iso_8859-8 iso_8859-8:1988 visual
iso-8859-8-i iso8859-8: csiso88598i logical
iso-8859-10 iso8859-10: csisolatin6 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso-8859-13 iso8859-13: iso8859-13 iso885913
iso-8859-14 iso8859-14: iso8859-14 iso885914
iso-8859-15 iso8859-15: csisolatin9 iso8859-15 iso885915 iso_8859-15 l9
iso-8859-16 iso8859-16: iso8859-16 iso885916
koi8-r koi8-r: cskoi8r koi koi8 koi8_r
koi8-u koi8-u: koi8-ru
macintosh mac-roman: csmacintosh mac x-mac-roman
windows-874 cp874: dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 tis620
windows-1250 cp1250: cp1250 x-cp1250
windows-1251 cp1251: cp1251 x-cp1251
windows-1252 cp1252: ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 \
iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii x-cp1252
windows-1253 cp1253: cp1253 x-cp1253
windows-1254 cp1254: cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 \
iso_8859-9:1989 l5 latin5 x-cp1254
windows-1255 cp1255: cp1255 x-cp1255
windows-1256 cp1256: cp1256 x-cp1256
windows-1257 cp1257: cp1257 x-cp1257
windows-1258 cp1258: cp1258 x-cp1258
x-mac-cyrillic mac-cyrillic: x-mac-ukrainian
"""

_MULTIBYTE = """
utf-8 utf-8: unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf8 x-unicode20utf8
utf-16le utf-16-le: csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16
utf-16be utf-16-be: unicodefffe
gb18030 gb18030: gb18030
gbk gb18030: chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 iso-ir-58 x-gbk
big5 big5hkscs: big5-hkscs cn-big5 csbig5 x-x-big5
euc-jp euc-jp: cseucpkdfmtjapanese x-euc-jp
iso-2022-jp iso2022-jp: csiso2022jp
shift_jis cp932: csshiftjis ms932 ms_kanji shift-jis sjis windows-31j x-sjis
euc-kr cp949: cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 \
ksc_5601 windows-949
"""

# What pages write and the standard does not list: other names of the same, or of a part of it.
_WRITTEN = """
utf-8: utf_8 utf8mb4 utf-8n cp65001 x-utf-8
gbk: cp936 ms936 windows-936 gb-2312 euc-cn euccn
big5: big-5 big5hkscs cp950 ms950 windows-950
euc-jp: eucjp euc_jp x-eucjp eucjp-win cp51932
iso-2022-jp: iso2022jp jis cp50220 iso-2022-jp-1
shift_jis: cp932 shiftjis s-jis sjis-win windows-932
euc-kr: euckr euc_kr cp949 ms949 uhc ksc-5601 ks_c_5601 x-windows-949
windows-874: cp874 windows874
koi8-r: koi8r koi-8-r
koi8-u: koi8u
ibm866: dos-866
iso-8859-8-i: iso8859-8-i
windows-1250: windows1250 win-1250 win1250 cp-1250
windows-1251: windows1251 win-1251 win1251 cp-1251
windows-1252: windows1252 win-1252 win1252 cp-1252 latin-1 latin_1 iso8859_1 iso-8859 8859-1
windows-1253: windows1253 win-1253 win1253 cp-1253
windows-1254: windows1254 win-1254 win1254 cp-1254
windows-1255: windows1255 win-1255 win1255 cp-1255
windows-1256: windows1256 win-1256 win1256 cp-1256
windows-1257: windows1257 win-1257 win1257 cp-1257
windows-1258: windows1258 win-1258 win1258 cp-1258
iso-8859-2: latin-2
iso-8859-15: latin-9 latin9
x-mac-cyrillic: mac-cyrillic maccyrillic
macintosh: macroman mac-roman
"""


def _table() -> dict[str, Encoding]:
    table: dict[str, Encoding] = {}
    named = {known.name: known for known in (UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1252)}
    for rows, is_multibyte in ((_SINGLE_BYTE, False), (_MULTIBYTE, True)):
        for row in rows.strip().splitlines():
            head, _, labels = row.partition(": ")
            name, codec = head.split()
            encoding = named.get(name) or Encoding(name, codec, is_multibyte)
            table.update(dict.fromkeys([name, *labels.split()], encoding))
    for row in _WRITTEN.strip().splitlines():
        name, _, labels = row.partition(": ")
        table.update(dict.fromkeys(labels.split(), table[name]))
    table[X_USER_DEFINED.name] = X_USER_DEFINED
    return table | dict.fromkeys(_REPLACEMENT.split(), REPLACEMENT)


LABELS: dict[str, Encoding] = _table()
"""Label -> encoding."""


def find_encoding(label: str | None) -> Encoding | None:
    """The encoding a label names, or None if pages may not choose it."""
    if label is None or len(label) > 64:
        return None
    return LABELS.get(label.strip().strip("\"'").strip().lower())
