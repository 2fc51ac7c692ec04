"""Letters above ASCII that languages of Latin script write, to tell one code page from another.

The code pages for West, Central and North Europe differ in letters alone: read in a wrong one, a
text has the right number of them, in the right places, and no language has them all.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

_ALPHABETS: Final = tuple(
    frozenset(letters)
    for letters in (
        "àâæçéèêëîïôœùûüÿ",  # French
        "äöüßéà",  # German
        "áéíóúüñ",  # Spanish, Basque, Irish, Galician
        "áâãàçéêíóôõúü",  # Portuguese
        "àèéìíîòóùú",  # Italian, Gaelic
        "áéëïóöüèê",  # Dutch
        "åäöéü",  # Swedish, Finnish
        "äöõüšž",  # Estonian
        "æøåéèòôóäö",  # Danish, Norwegian
        "áéíóúýðþæöø",  # Icelandic, Faroese
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíĺľňóôŕšťúýž",  # Slovak
        "ćčěłńřŕśšźžó",  # Sorbian
        "áéíóöőúüű",  # Hungarian
        "ăâîșşțţ",  # Romanian
        "čćđšž",  # Croatian, Slovene
        "çë",  # Albanian
        "ąčęėįšųūž",  # Lithuanian
        "āčēģīķļņōŗšūž",  # Latvian
        "çğıöşüâîûi̇",  # Turkish
        "çəğıöşü",  # Azerbaijani
        "äçňöşüýž",  # Turkmen
        "çêîşû",  # Kurdish
        "ċġħżàèìòù",  # Maltese
        "ĉĝĥĵŝŭ",  # Esperanto
        "âêîôûŵŷäëïöáéíóú",  # Welsh
        "àçèéíïòóúüá",  # Catalan, Occitan
        "áčđŋšŧžäöåæø",  # Sami
        "ãâáêéíîôúûåæø",  # Greenlandic
        "ăâđêôơưáàéèíóòúùýñ",  # Vietnamese, whose tones are marks of their own
        "äëéüöôêîâûè",  # Luxembourgish, Frisian, Afrikaans
        "āēīōūš",  # Maori, Hawaiian, transcriptions
    )
)

_ENOUGH: Final = 8


def foreign(words: str) -> float:
    """Share of Latin letters above ASCII that the best fitting alphabet lacks, 0 to 1.

    0 where there are too few letters to say anything.
    """
    letters = Counter(letter for letter in words.lower() if "\xdf" <= letter < "\u0250")
    del letters["\xf7"]
    n_letters = letters.total()
    if n_letters < _ENOUGH:
        return 0.0
    n_known = max(sum(map(letters.__getitem__, alphabet)) for alphabet in _ALPHABETS)
    return 1 - n_known / n_letters
