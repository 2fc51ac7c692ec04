"""A second look where letters or words decide between languages that n-grams take for one another.

Each rule counts signs that one language has and the other lacks:

- Cantonese has characters of its own (佢 咗 嘅 哋 冇 …), where Mandarin has others (的 了 們 這 …).
- Shan, Karen, Mon, Pa'o and others write letters that Burmese does not have (The Unicode Standard,
  chapter 16.3; code chart U+1000). So does the Zawgyi font encoding, which puts glyphs on code
  points and signs in the order in which they are seen; CLDR's code for it is ``Qaag``.
- Bokmål and Nynorsk, Bosnian, Croatian and Serbian, Spanish, Asturian and Ladino, English and Scots
  and others have words or letters of their own (:mod:`curate.lid.lookalike_words`).
- Hindi and Urdu in Latin letters have function words that no language written in Latin letters has
  together.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import regex

from curate.labels import script_of
from curate.lid.identifier import Identification, ranked
from curate.lid.lookalike_words import by_signs

ZAWGYI: Final = "mya_Qaag"
"""Burmese in the Zawgyi encoding: text that a reader of Unicode cannot read."""

CONFIDENCE: Final = 0.9
"""Of an answer that a second look gives: its signs are counted, not guessed from. Of those by words
36 of 38 are right on the sets that are for choosing."""

ROMANISED_CONFIDENCE: Final = 0.7

LABELS: Final = frozenset({"yue_Hani", "hin_Latn", ZAWGYI, "shn_Mymr", "ksw_Mymr", "mnw_Mymr"})
"""Labels that a second look may answer, beside those that are known already."""

# Characters of written Cantonese that written Mandarin does not use, or hardly.
_CANTONESE: Final = regex.compile(
    "[佢咗嘅哋冇喺嚟啲咁嗰唔乜諗瞓攞畀睇嘢噉咩㗎喇搵睺揾啱嬲嘥孭攰嚿啫嘞噃喎咋吖嗌]"
)
_NO_HAKKA: Final = regex.compile("[咗嘅哋喺啲嗰諗瞓嘢㗎]")  # Hakka and Gan have some of the others
_MANDARIN: Final = regex.compile("[的了是們们這这她麼么吗嗎呢很沒没還还]")
_CANTONESE_SHARE: Final = 0.5  # of Mandarin's signs: quotations in Mandarin are common

# By letters that Burmese lacks. S'gaw and Pwo share some; the first with most letters wins.
_OWN_LETTERS: Final = {
    "shn_Mymr": regex.compile("[\u1022\u1075-\u108d\u1090-\u109f]"),
    "mnw_Mymr": regex.compile("[\u1028\u1033\u1034\u105a-\u1060]"),
    "ksw_Mymr": regex.compile("[\u1061-\u1064]"),
    "kjp_Mymr": regex.compile("[\u106e-\u1070]"),
    "pwo_Mymr": regex.compile("[\u1065-\u106d]"),
    "eky_Mymr": regex.compile("[\u1071-\u1074]"),
    "blk_Mymr": regex.compile("[\u108f\uaa7b]"),
    "kht_Mymr": regex.compile("[\uaa60-\uaa73\uaa76\uaa7a]"),
}
_MYANMAR: Final = regex.compile("[\u1000-\u109f\uaa60-\uaa7f]")
_MIN_OWN: Final = 2
_MIN_OWN_SHARE: Final = 0.02

# Zawgyi's killer is U+1039, before anything; Unicode has it between consonants alone. Its vowel E
# and medial RA stand before their consonant; U+103A is its medial YA, before a vowel.
_CONSONANT: Final = "\u1000-\u102a\u103f\u104e\u1075-\u1081\uaa60-\uaa73\u105a-\u105d\u1061\u1065"
_ZAWGYI_SIGN: Final = regex.compile(
    f"\u1039(?![{_CONSONANT}])|(?<![{_CONSONANT}\u103b-\u103e\u1082\u105e-\u1060])\u1031"
    "|\u103a(?=[\u102b-\u1030\u1032])|(?<![\u1000-\u102a\u103f\u1075-\u1081\u103a])\u103b"
)
_UNICODE_SIGN: Final = regex.compile(
    f"\u103a(?![\u102b-\u1030\u1032])|(?<=[{_CONSONANT}\u103b-\u103e])\u1031"
    f"|\u1039(?=[{_CONSONANT}])"
)
_ZAWGYI_SHARE: Final = 0.6

# Words of Hindi and Urdu as they are commonly romanised. Many are words elsewhere; together they
# are nowhere.
_ROMANISED_WORDS: Final = """
hai hain nahi nahin nahee nai kya kyun kyu kyunki kyonki aur mein main mai maine mujhe mujhko hum
hume humein tum tumhe tumhein tumhara aap aapko aapka aapki aapke apne apna apni mera meri mere
tera teri tere uska uski uske iska iski iske unka unki unke hamara hamari hamare ye yeh woh wo voh
ka ki ke ko se par pe tak tha thi thhe the ho hoon hun hu hota hoti hote hua hui huye raha rahi
rahe karo karna karne karta karti karte karke kar kiya kiye gaya gayi gaye liye liya bhi hi toh to
agar lekin magar phir abhi kab jab tab sab kuch koi kuchh bahut bohot zyada accha achha theek thik
kaise kaisa kaisi kahan yahan wahan jo jaise aise waise dil pyar zindagi kabhi baat log din raat
ghar kal aaj bhai yaar matlab chahiye chahta sakta sakte sakti diya dena lena jana jaana jata jati
jate aana aata aati aate wala wali wale sirf bas saath haal ek na bohat bahot buhat shukriya khush
acha acchi achi achhi achhe acche pyaar dost dosto shayad unhe unhein inhe isliye islie hamesha
hoo hona hone hoga hogi honge tumko humko unko usko isko inko sabhi kisi kitna kitni kitne itna
itni dekh dekho dekha suno bolo pata waqt janab sahib rakhe rakho rakhna kahte kehte kaha batao
mil gae gayee jaye jaaye jao aao kare karein dijiye kijiye
"""
# These alone make no text Hindi: short words that other languages have too.
_COMMON_WORDS: Final = """
ka ki ke ko se par pe to hi ho na the ye wo jo main mai bas kal ek
"""
_ROMANISED: Final = frozenset(_ROMANISED_WORDS.split())
_COMMON: Final = frozenset(_COMMON_WORDS.split())
# Hindi of Fiji, which is written in Latin letters, spells its own way.
_FIJIAN: Final = frozenset({"hae", "hei", "rahaa", "rahii", "ii", "uu", "jaae", "karaa", "bhae"})
_WORD: Final = regex.compile(r"\p{L}[\p{L}\p{M}]*")
_MAX_CHARS: Final = 600
_MIN_ROMANISED: Final = 4
_MIN_OWN_ROMANISED: Final = 2
_ROMANISED_SHARE: Final = 0.34


def with_second_look(answer: Identification, text: str, *, is_sure: bool) -> Identification:
    """``answer``, or another one if signs in ``text`` speak for it.

    Args:
        answer: of the voices.
        text: the sample it was made from.
        is_sure: the first two voices agree so well that it is not romanised Hindi.
    """
    label = second_look(answer.label, text)
    confidence = CONFIDENCE
    may_be_hindi = script_of(label) == "Latn" and not is_sure and label != "hin_Latn"
    if may_be_hindi and is_romanised_hindi(text):
        label, confidence = "hin_Latn", ROMANISED_CONFIDENCE
    if label == answer.label:
        return answer
    rest = (1.0 - confidence) / 2
    return ranked(label, {label: confidence, answer.label: rest})


def second_look(label: str, text: str) -> str:
    """The label that the signs in ``text`` speak for; ``label`` if none do.

    Args:
        label: the answer so far.
        text: the sample it was made from.
    """
    look = _LOOKS.get(script_of(label))
    return label if look is None else look(label, text)


def _chinese(label: str, text: str) -> str:
    if label not in ("cmn_Hani", "yue_Hani"):
        return label
    cantonese = len(_CANTONESE.findall(text))
    mandarin = len(_MANDARIN.findall(text))
    if cantonese >= max(_CANTONESE_SHARE * mandarin, 1) and _NO_HAKKA.search(text):
        return "yue_Hani"
    return "cmn_Hani" if not cantonese and mandarin >= 2 else label


def _myanmar(label: str, text: str) -> str:
    if _is_zawgyi(text):
        return ZAWGYI
    if label not in ("mya_Mymr", *_OWN_LETTERS):
        return label
    n_letters = {name: len(letters.findall(text)) for name, letters in _OWN_LETTERS.items()}
    best = max(n_letters, key=lambda name: n_letters[name])
    needed = max(_MIN_OWN, _MIN_OWN_SHARE * len(_MYANMAR.findall(text)))
    return (
        best if n_letters[best] >= needed and n_letters[best] > n_letters.get(label, 0) else label
    )


def _is_zawgyi(text: str) -> bool:
    zawgyi = len(_ZAWGYI_SIGN.findall(text))
    if zawgyi < _MIN_OWN:
        return False
    return zawgyi >= _ZAWGYI_SHARE * (zawgyi + len(_UNICODE_SIGN.findall(text)))


def is_romanised_hindi(text: str) -> bool:
    """True if a third of the words, and four different ones, are Hindi's or Urdu's.

    Args:
        text: in Latin letters; its beginning is looked at.
    """
    words = _WORD.findall(text[:_MAX_CHARS].lower())
    own = [word for word in words if word in _ROMANISED]
    different = set(own)
    return (
        len(different) >= _MIN_ROMANISED
        and _FIJIAN.isdisjoint(words)
        and len(different - _COMMON) >= _MIN_OWN_ROMANISED
        and len(own) >= _ROMANISED_SHARE * len(words)
    )


_LOOKS: Final[dict[str, Callable[[str, str], str]]] = {
    "Hani": _chinese,
    "Mymr": _myanmar,
    "Latn": by_signs,
    "Cyrl": by_signs,
    "Grek": by_signs,
    "Deva": by_signs,
    "Arab": by_signs,
}
