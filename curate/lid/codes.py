"""Language codes: whatever a model calls a language, as one individual ISO 639-3 code.

Models speak ISO 639-1 (lid.176), ISO 639-1 with withdrawn codes (CLD2), BCP 47 (FunLangID) or
ISO 639-3 (GlotLID, OpenLID). Labels carry individual ISO 639-3 codes, and for a macrolanguage the
member that GlotLID and FineWeb2 (arXiv 2506.20920) publish under: ``arb`` for Arabic, ``ekk`` for
Estonian. Two collective codes stay because both publish them: ``nah`` (Nahuatl) and ``eml``
(Emiliano-Romagnolo).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from curate.labels import UNDETERMINED, is_label
from curate.text.scripts import NO_LETTER, merge_cjk, most_frequent

# ISO 639-1 to ISO 639-3 (scope: all 184 codes of the standard), before MACROLANGUAGES is applied.
_ISO_639_1 = """
aa:aar ab:abk ae:ave af:afr ak:aka am:amh an:arg ar:ara as:asm av:ava ay:aym az:aze ba:bak be:bel
bg:bul bi:bis bm:bam bn:ben bo:bod br:bre bs:bos ca:cat ce:che ch:cha co:cos cr:cre cs:ces cu:chu
cv:chv cy:cym da:dan de:deu dv:div dz:dzo ee:ewe el:ell en:eng eo:epo es:spa et:est eu:eus fa:fas
ff:ful fi:fin fj:fij fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg gn:grn gu:guj gv:glv ha:hau he:heb
hi:hin ho:hmo hr:hrv ht:hat hu:hun hy:hye hz:her ia:ina id:ind ie:ile ig:ibo ii:iii ik:ipk io:ido
is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kg:kon ki:kik kj:kua kk:kaz kl:kal km:khm kn:kan ko:kor
kr:kau ks:kas ku:kur kv:kom kw:cor ky:kir la:lat lb:ltz lg:lug li:lim ln:lin lo:lao lt:lit lu:lub
lv:lav mg:mlg mh:mah mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya na:nau nb:nob nd:nde
ne:nep ng:ndo nl:nld nn:nno no:nor nr:nbl nv:nav ny:nya oc:oci oj:oji om:orm or:ori os:oss pa:pan
pi:pli pl:pol ps:pus pt:por qu:que rm:roh rn:run ro:ron ru:rus rw:kin sa:san sc:srd sd:snd se:sme
sg:sag sh:hbs si:sin sk:slk sl:slv sm:smo sn:sna so:som sq:sqi sr:srp ss:ssw st:sot su:sun sv:swe
sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tk:tuk tl:tgl tn:tsn to:ton tr:tur ts:tso tt:tat tw:twi
ty:tah ug:uig uk:ukr ur:urd uz:uzb ve:ven vi:vie vo:vol wa:wln wo:wol xh:xho yi:yid yo:yor za:zha
zh:zho zu:zul
"""

# Withdrawn codes, and codes that models use in a sense of their own. "als" means Alemannic in
# lid.176, whose labels are Wikipedia's subdomains; elsewhere it is Tosk Albanian, see WIKIPEDIA.
_ALIASES = """
iw:heb in:ind ji:yid jw:jav mo:ron bh:bih ajp:apc kzj:dtp tpw:tpn daf:dnj kxu:uki noo:nuk
"""

# Macrolanguage (or collection) to the member that stands for it.
_MACROLANGUAGES = """
aka:twi ara:arb aym:ayr aze:azj bal:bcc ber:tzm bih:bho bik:bcl bnc:lbk bua:bxr chm:mhr cre:crk
del:unm den:xsl din:dik  est:ekk fas:pes ful:fuv gba:gbp gon:gno grb:grj grn:gug hai:hax
hbs:srp hmn:mww iku:ike ipk:esi jrb:aju kau:knc kom:kpv kok:gom kon:kng kur:kmr lah:pnb
lav:lvs luy:lsm man:mnk mlg:plt mon:khk msa:zsm mwr:rwr nep:npi nor:nob oji:ojb ori:ory orm:gaz
oto:otq pus:pbt que:quy raj:rwr rom:rmy sqi:als src:srd sro:srd swa:swh syr:aii tgl:fil tmh:taq
uzb:uzn yid:ydd zap:zai zha:zyb zho:cmn zza:diq
"""

WIKIPEDIA = {
    "als": "gsw",
    "bat-smg": "sgs",
    "be-tarask": "bel",
    "fiu-vro": "vro",
    "map-bms": "jav",
    "nds-nl": "nds",
    "no": "nob",
    "roa-rup": "rup",
    "roa-tara": "nap",
    "simple": "eng",
    "zh-classical": "lzh",
    "zh-min-nan": "nan",
    "zh-yue": "yue",
}
"""Wikipedia's subdomains that are no language codes, or another language's; lid.176 uses them."""


# Codes that GlotLID v3 and FineWeb2 publish under although they are of macrolanguages (its members
# have no labels, or are not told apart) or withdrawn: they stay in a label that is a label already.
_KEPT = frozenset({"ajp", "doi", "eml", "fas", "kpe", "nah", "srd", UNDETERMINED})

# What models call scripts, as curate's labels have them: Chinese is written in Han, whichever.
_SCRIPTS = {"Hans": "Hani", "Hant": "Hani", "Kore": "Hang", "Aran": "Arab", "Latf": "Latn"}

# Members of a macrolanguage that a model names as a whole, told apart by their script.
_MEMBERS_BY_SCRIPT = {
    ("bam", "Nkoo"): "nqo",
    ("bci", "Nkoo"): "nqo",
    ("dyu", "Nkoo"): "nqo",
    ("mnk", "Nkoo"): "nqo",
    ("azj", "Arab"): "azb",
    ("khk", "Mong"): "mvf",
    ("kmr", "Arab"): "ckb",
    ("pan", "Arab"): "pnb",
    ("uzn", "Arab"): "uzs",
}

# Scripts that a language is written in beside the one of its FunLangID list. Without them, and
# without transliterations, a page half in English does not make Russian rus_Latn.
_FURTHER_SCRIPTS = {
    "azj": "Latn Cyrl Arab",
    "bos": "Latn Cyrl",
    "hau": "Latn Arab",
    "ike": "Cans Latn",
    "kas": "Arab Deva",
    "kaz": "Cyrl Arab Latn",
    "khk": "Cyrl Mong",
    "kir": "Cyrl Arab",
    "kmr": "Latn Arab Cyrl",
    "pan": "Guru Arab",
    "snd": "Arab Deva",
    "srp": "Cyrl Latn",
    "tat": "Cyrl Latn",
    "tgk": "Cyrl Arab",
    "tuk": "Latn Cyrl Arab",
    "uig": "Arab Cyrl Latn",
    "uzn": "Latn Cyrl Arab",
    "zsm": "Latn Arab",
}
_SCRIPT = re.compile(r"[A-Z][a-z]{3}")
_PRESENT_FRACTION = 0.05  # of a text's letters, for a script to be one the text is written in

# Scripts that one language is written in, but for rare texts.
_LANGUAGES_OF_SCRIPTS = """
Adlm:fuf Avst:ave Bali:ban Batk:bbc Bugi:bug Cakm:ccp Cher:chr Copt:cop Egyp:egy Geor:kat
Glag:chu Goth:got Gran:san Hmnp:hnj Java:jav Kali:kyu Lepc:lep Limb:lif Linb:gmy Lisu:lis Mand:mid
Mong:mvf Mtei:mni Nkoo:nqo Ogam:pgl Olck:sat Orkh:otk Osge:osa Phnx:phn Plrd:hmd Rohg:rhg
Runr:non Saur:saz Sund:sun Sylo:syl Syrc:aii Tale:tdd Talu:khb Tavt:blt Tfng:tzm Thaa:div
Ugar:uga Vaii:vai Wara:hoc Wcho:nnp Xpeo:peo Xsux:akk Yiii:iii
"""

# CLD2 answers zz?/xxx for its jokes (pig latin, "hacker") and for text it ignores.
_NO_LANGUAGE = frozenset({"zxx", "mis", "mul", "und", "xxx", "zzb", "zze", "zzh", "zzp"})


def _pairs(table: str) -> dict[str, str]:
    return {entry.partition(":")[0]: entry.partition(":")[2] for entry in table.split()}


LANGUAGE_OF_SCRIPT = _pairs(_LANGUAGES_OF_SCRIPTS)
"""The language to assume for a text of which nothing is known but this script."""

_CODES = _pairs(_ISO_639_1) | _pairs(_ALIASES)
_MEMBERS = _pairs(_MACROLANGUAGES)


def language_code(code: str) -> str:
    """The individual ISO 639-3 code for a model's language code.

    Script, region and other subtags are ignored: ``zh-Hant`` -> ``cmn``, ``iw`` -> ``heb``,
    ``ara`` -> ``arb``. A code that is no language (``xx``, ``un``, ``zxx-x-pdf``, ``tlh-junk1``)
    gives ``und``.
    """
    primary = code.strip().replace("_", "-").partition("-")[0].lower()
    primary = _CODES.get(primary, primary)
    primary = _MEMBERS.get(primary, primary)
    is_code = len(primary) == 3 and primary.isascii() and primary.isalpha()
    return primary if is_code and primary not in _NO_LANGUAGE else UNDETERMINED


def model_label(name: str) -> tuple[str, str | None]:
    """The language that a model's label stands for, and its script if it names one.

    A label of the form ``xxx_Yyyy`` keeps the codes that GlotLID v3 publishes; others become them:
    ``zho_Hans`` (OpenLID) is ``cmn`` in ``Hani``, ``ara_Arab`` ``arb``. Bare codes (lid.176) are
    Wikipedia's: ``als`` is ``gsw``, while ``als_Latn`` stays. Noise is ``zxx``, ``Zxxx``.

    Args:
        name: the label without its prefix.
    """
    if is_label(name):
        language, script = name.split("_")
        if language == "zxx":
            return language, NO_LETTER
        return language if language in _KEPT else language_code(language), script_code(script)
    named = [part for part in re.split("[-_]", name)[1:] if _SCRIPT.fullmatch(part)]
    language = WIKIPEDIA.get(name.lower()) or language_code(name)
    return language, script_code(named[0]) if named else None


def script_code(script: str) -> str:
    """``Hans`` -> ``Hani``: what curate's labels call a script."""
    return _SCRIPTS.get(script, script)


def label_of(language: str, script: str) -> str:
    """The label for an individual language and a script: ``kmr`` in ``Arab`` is ``ckb_Arab``."""
    return f"{_MEMBERS_BY_SCRIPT.get((language, script), language)}_{script}"


def scripts_of(language: str, native: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """All scripts a language is written in: those in ``native``, and those known here beside."""
    return native.get(language, frozenset()) | set(_FURTHER_SCRIPTS.get(language, "").split())


def script_for(
    language: str, native: Mapping[str, frozenset[str]], counts: Mapping[str, int]
) -> str | None:
    """The script of the part of a text that is in ``language``; None if none of it can be.

    Of the scripts the language is written in, the one with most letters; where the text has none
    of them, of those it is sometimes written in (Hindi in Latin letters). A language of which no
    script is known may be written in any.

    Args:
        language: an individual ISO 639-3 code.
        native: the scripts of the languages for which they are known.
        counts: letters per script, from :func:`curate.text.scripts.script_counts`.
    """
    written_in = scripts_of(language, native)
    possible = possible_scripts(language)
    if not written_in and not possible:
        return most_frequent(merge_cjk(counts))
    enough = _PRESENT_FRACTION * sum(counts.values())
    for scripts in (written_in, possible):
        present = {script: n for script in scripts if (n := letters_of(script, counts)) > enough}
        if present:
            return most_frequent(present)
    return None


@lru_cache(maxsize=1)
def _possible() -> Mapping[str, frozenset[str]]:
    text = (files("curate") / "data" / "lid" / "scripts.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return {language: frozenset(scripts) for language, *scripts in rows}


def possible_scripts(language: str) -> frozenset[str]:
    """All scripts that CLDR or a label in use has a language in, romanised ones too.

    Empty for a language that neither has; :mod:`curate.lid.build_scripts` makes the table.

    Args:
        language: an individual ISO 639-3 code.
    """
    return _possible().get(language, frozenset())


def letters_of(script: str, counts: Mapping[str, int]) -> int:
    """Letters that can be ``script``: Han counts for Hani, for Jpan and for Hang."""
    return sum(counts.get(part, 0) for part in _PARTS.get(script, (script,)))


_PARTS = {
    "Hani": ("Hani", "Bopo"),
    "Jpan": ("Hira", "Kana", "Hani"),
    "Hang": ("Hang", "Hani"),
}
