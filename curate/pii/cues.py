"""Words before a number that say what it is. Languages and scripts mixed: pages mix them too."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

_STRONG_WORDS: Final = """
tel tel. telephone téléphone telefon telefono teléfono telefoon telefone telefonnummer
telèfon telefonu telefonas tālrunis tālr puhelin puh telf tlf tlfn tél phone phones mobile
mobil móvil cellulare celular sími símí handynummer mobilnummer rufnummer faxnummer mobiltelefon
fax faks telefax whatsapp viber
hotline helpline telepon telpon ponsel telefonda điện thoại đtdđ sđt simu ffôn fón
guthán telefonoa тел телефон телефона телефону телефоны моб мобильный мобільний факс
мобилен утас τηλ τηλέφωνο τηλέφωνα κιν κινητό φαξ հեռ հեռախոս ტელ ტელეფონი هاتف
الهاتف تلفون تليفون جوال الجوال موبايل فاكس واتساب تلفن موبایل فون موبائل
ٹیلیفون נייד טלפון פקס טל फोन फ़ोन मोबाइल दूरभाष टेलीफोन फैक्स व्हाट्सएप हेल्पलाइन
भ्रमणध्वनी दूरध्वनी ফোন মোবাইল টেলিফোন ফ্যাক্স ਫ਼ੋਨ ਫੋਨ ਮੋਬਾਈਲ ફોન મોબાઇલ
ଫୋନ୍ ମୋବାଇଲ தொலைபேசி கைபேசி அலைபேசி போன் மொபைல் ఫోన్ మొబైల్ ದೂರವಾಣಿ ಫೋನ್ ಮೊಬೈಲ್ ഫോൺ മൊബൈൽ දුරකථන
දුරකථනය โทร โทรศัพท์ มือถือ แฟกซ์ ໂທ ໂທລະສັບ ဖုန်း ទូរស័ព្ទ ទូរសព្ទ
电话 電話 热线 熱線 传真 傳真 座机 致电 致電
携帯 ファックス 전화 전화번호 휴대폰 핸드폰 팩스 ስልክ ሞባይል ፋክስ ཁ་པར
"""

_WEAK_WORDS: Final = """
ph mob cell cel handy gsm đt гсм მობ همراه 手机 手機 微信
"""
"""Words that say other things too: chemistry, journals, radio, prices of telephones."""

_VERBS: Final = """
call dial sms appel appelez chiama ligue llame llámenos anrufen nomor gọi namba waea звоните
дзвоніть ҡаты اتصل تماس חייגו संपर्क সম্পর্ক যোগাযোগ เบอร์ ເບີ ဆက်သွယ်ရန် លេខ 연락처 문의
"""
"""Words for calling, contact and number, which other numbers follow as well."""

_OTHER_WORDS: Final = """
isbn issn doi imei iccid imsi ean gtin upc asin pmid pmc arxiv vat iban bic swift ref sku
serial invoice patent docket account acct ust-idnr steuernummer siret siren nif cif nit rfc
cnpj cpf инн огрн кпп снилс окпо бик egrpou єдрпоу icp备 icp
备案号 统一社会信用代码 订单号 注文番号 사업자등록번호
"""

_MARKS: Final = "☎☏📞📱📲✆℡"

_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)

REACH: Final = 28
"""Characters before a number in which a word speaks for it."""

_BETWEEN: Final = 16
"""Characters between the two."""

_LETTER: Final = r"[^\W\d_]"


class Cue(NamedTuple):
    """The meaning that the words before a number give it.

    Args:
        phone: the last word for a phone is near, and no word for another number is nearer.
        is_weak: that word says other things too.
        is_verb: that word is of calling or contact, and does not say of what.
        other: a word for another number is near, and none for a phone is as near.
        between: what stands between the word for a phone and the number.
    """

    phone: bool = False
    is_weak: bool = False
    is_verb: bool = False
    other: bool = False
    between: str = ""


NONE: Final = Cue()


def folded(text: str) -> str:
    """The text without case, character for character."""
    if text.isascii():
        return text.lower()
    lower = text.casefold()  # which makes some characters two or three, and none fewer
    return lower if len(lower) == len(text) else "".join(map(_folded, text))


def _folded(character: str) -> str:
    lower = character.casefold()
    return lower if len(lower) == 1 else character.lower()[:1]


def _is_unspaced(word: str) -> bool:
    return word in _MARKS or _UNSPACED.search(word) is not None


def any_of(words: Iterable[str]) -> re.Pattern[str]:
    """One of the words, folded: by first character, so that the search looks for a few only.

    Scripts with blanks want the whole word; of the others it is enough that the word is there.
    """
    by_first: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for word in dict.fromkeys(map(folded, words)):
        by_first[word[0], _is_unspaced(word)].append(re.escape(word[1:]))
    parts = []
    for (first, is_unspaced), rests in by_first.items():
        many = "|".join(rests)
        if is_unspaced:
            parts.append(f"{re.escape(first)}(?:{many})")
        else:
            first = re.escape(first)
            parts.append(f"{first}(?<!{_LETTER}{first})(?:{many})(?!{_LETTER})")
    return re.compile("|".join(parts))


_STRONG: Final = frozenset(map(folded, (*_STRONG_WORDS.split(), *_MARKS)))
_WEAK: Final = frozenset(map(folded, _WEAK_WORDS.split()))
_OTHER: Final = any_of((*_OTHER_WORDS.split(), *_MARKS))


def phone_words() -> list[str]:
    """Every word for a phone, folded."""
    words = (*_STRONG_WORDS.split(), *_WEAK_WORDS.split(), *_VERBS.split(), *_MARKS)
    return list(dict.fromkeys(map(folded, words)))


_PHONE: Final = any_of(phone_words())
_DIGIT: Final = re.compile("[0-9]")


def cue_before(before: str) -> Cue:
    """The cue before a number.

    Args:
        before: what is before it, with numbers in ASCII.
    """
    near = before[before.rfind("\n") + 1 :][-REACH:]
    line = folded(near)
    phone = _last(_PHONE, line)
    other = _last(_OTHER, line)
    if phone is None:
        return NONE if other is None else Cue(other=True)
    if other is not None and other.start() > phone.start():
        return Cue(other=True)
    if line[phone.end() :] == "." and line[: phone.start()].endswith((".", "@", "_")):
        return NONE  # a part of an address or identifier, such as 10.1016/j.cell.2013.05.039
    return Cue(
        phone=True,
        is_weak=phone[0] in _WEAK,
        is_verb=phone[0] not in _STRONG and phone[0] not in _WEAK,
        between=near[phone.end() :],
    )


def _last(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """The last such word, if it is near and no other number follows it."""
    last = None
    for match in pattern.finditer(line):
        last = match
    if last is None or len(line) - last.end() > _BETWEEN or _DIGIT.search(line, last.end()):
        return None
    return last
