"""Words before a number that say what it is. Languages and scripts mixed: pages mix them too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
Bools = npt.NDArray[np.bool_]

_PHONE_WORDS: Final = """
tel tel. telephone téléphone telefon telefono teléfono telefoon telefone telefonnummer
telèfon telefonu telefonas tālrunis tālr puhelin puh telf tlf tlfn tél phone ph mobile mob
mobil móvil cell cellulare celular cel handy handynummer gsm fax faks telefax whatsapp viber
hotline helpline call dial sms appel appelez chiama ligue llame llámenos anrufen sími símí
telepon telpon nomor ponsel telefonda điện thoại đt đtdđ sđt gọi simu namba waea ffôn fón
guthán telefonoa тел телефон телефона телефону моб мобильный мобільний факс звоните дзвоніть
мобилен гсм утас ҡаты τηλ τηλέφωνο τηλέφωνα κιν κινητό φαξ հեռ հեռախոս ტელ ტელეფონი მობ هاتف
الهاتف تلفون تليفون جوال الجوال موبايل فاكس اتصل واتساب تلفن موبایل همراه تماس فون موبائل
ٹیلیفون נייד טלפון פקס טל חייגו फोन फ़ोन मोबाइल दूरभाष संपर्क टेलीफोन फैक्स व्हाट्सएप
भ्रमणध्वनी दूरध्वनी সম্পর্ক ফোন মোবাইল টেলিফোন ফ্যাক্স যোগাযোগ ਫ਼ੋਨ ਫੋਨ ਮੋਬਾਈਲ ફોન મોબાઇલ
ଫୋନ୍ ମୋବାଇଲ தொலைபேசி கைபேசி அலைபேசி போன் ఫోన్ మొబైల్ ದೂರವಾಣಿ ಫೋನ್ ಮೊಬೈಲ್ ഫോൺ മൊബൈൽ දුරකථන
දුරකථනය โทร โทรศัพท์ มือถือ เบอร์ แฟกซ์ ໂທ ໂທລະສັບ ເບີ ဖုန်း ဆက်သွယ်ရန် ទូរស័ព្ទ ទូរសព្ទ លេខ
电话 電話 手机 手機 热线 熱線 传真 傳真 座机 微信 致电 致電
携帯 ファックス 전화 전화번호 휴대폰 핸드폰 연락처 팩스 문의 ስልክ ሞባይል ፋክስ ཁ་པར
"""

_OTHER_WORDS: Final = """
isbn issn doi ean gtin upc asin pmid pmc arxiv vat iban bic swift ref sku serial invoice
patent docket account acct ust-idnr steuernummer siret siren nif cif nit rfc cnpj cpf инн
огрн кпп снилс окпо бик egrpou єдрпоу icp备 icp
备案号 统一社会信用代码 订单号 注文番号 사업자등록번호
"""

_MARKS: Final = "☎☏📞📱📲✆℡"

_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)

REACH: Final = 28
"""Characters before a number in which a word speaks for it."""

_BETWEEN: Final = 16

LETTER: Final = np.uint8(1)  # \w without digits and the underscore, as re knows them
ALNUM: Final = np.uint8(2)  # as str.isalnum
_PHONE_FIRST: Final = np.uint8(4)
_OTHER_FIRST: Final = np.uint8(8)


class Words(NamedTuple):
    """Words by their first character, those of one character in the order in which they are tried.

    Args:
        firsts: uint32[n_firsts], rising, folded.
        starts: int64[n_firsts + 1], the first word of each.
        offsets: int64[n_words + 1], where each word begins in ``points``.
        points: uint32[n_points], folded.
        is_spaced: bool[n_words], for scripts with blanks, which want the whole word; of the others
            it is enough that the word is there.
    """

    firsts: U32
    starts: I64
    offsets: I64
    points: U32
    is_spaced: Bools


class Cues(NamedTuple):
    """What :func:`cues_before` looks words up in.

    Args:
        flags: uint8[0x110000], kinds of characters and whether a word may begin with them.
        folded: uint32[0x110000], the same for characters that differ in case only.
        phone: words for a phone number.
        other: words for another number, such as an ISBN or a tax number.
    """

    flags: U8
    folded: U32
    phone: Words
    other: Words


def make_cues() -> Cues:
    """The tables; some 50 ms."""
    phone, other = ((*w.split(), *_MARKS) for w in (_PHONE_WORDS, _OTHER_WORDS))
    points = np.arange(0x110000, dtype=np.uint32)
    flags = np.zeros(len(points), np.uint8)
    everything = points.tobytes().decode("utf-32-le", "surrogatepass")
    folded = _folded("".join((*phone, *other)), everything)
    for pattern, flag in ((r"[^\W\d_]+", LETTER), (r"[^\W_]+", ALNUM)):
        for match in re.finditer(pattern, everything):
            flags[match.start() : match.end()] |= flag
    tables = [_words(words, folded) for words in (phone, other)]
    for table, flag in zip(tables, (_PHONE_FIRST, _OTHER_FIRST), strict=True):
        flags[np.isin(folded, table.firsts)] |= flag
    return Cues(flags, folded, *tables)


def _folded(characters: str, everything: str) -> U32:
    """uint32[0x110000]: characters that re holds to be one of these but for case, as that one."""
    table = np.arange(0x110000, dtype=np.uint32)
    cased = "".join(re.findall(f"[{re.escape(characters)}]", everything, re.IGNORECASE))
    for character in sorted(set(characters), reverse=True):
        same = re.findall(re.escape(character), cased, re.IGNORECASE)
        table[[ord(c) for c in same]] = table[ord(character)]
    return table


def _words(words: Sequence[str], folded: U32) -> Words:
    spaced = [w for w in words if w not in _MARKS and not _UNSPACED.search(w)]
    ordered = [*spaced, *(w for w in words if w not in spaced)]
    coded = [(folded[[ord(c) for c in w]].tolist(), w in spaced) for w in ordered]
    coded.sort(key=lambda item: item[0][0])  # stable: the order of those of one first character
    heads = np.array([points[0] for points, _ in coded], np.uint32)
    firsts, starts = np.unique(heads, return_index=True)
    return Words(
        firsts.astype(np.uint32),
        np.append(starts, len(coded)).astype(np.int64),
        np.cumsum([0, *(len(points) for points, _ in coded)]).astype(np.int64),
        np.array([p for points, _ in coded for p in points], np.uint32),
        np.array([is_spaced for _, is_spaced in coded], np.bool_),
    )


@njit(cache=True, nogil=True)
def cues_before(window: U32, start: int, cues: Cues) -> tuple[bool, bool]:
    """What the words before a number say.

    Args:
        window: the number and what is around it.
        start: where it begins.
        cues: see :func:`make_cues`.

    Returns:
        Whether it is a phone number, and nothing nearer says otherwise; whether it is another
        number, and nothing as near says that it is a phone.
    """
    line = start
    while line > 0 and line > start - REACH and window[line - 1] != 10:
        line -= 1
    phone = _last(window, line, start, cues.phone, _PHONE_FIRST, cues)
    other = _last(window, line, start, cues.other, _OTHER_FIRST, cues)
    return phone >= 0 and phone >= other, other > phone


@njit(cache=True, nogil=True)
def _last(window: U32, start: int, stop: int, words: Words, flag: np.uint8, cues: Cues) -> int:
    """Where the last such word begins, if it is near and no other number follows it; else -1."""
    at, begin, end = start, -1, -1
    while at < stop:
        length = 0
        if cues.flags[window[at]] & flag:
            length = _length(window, start, at, stop, words, cues)
        if length:
            begin, end = at, at + length
        at += max(length, 1)
    if begin < 0 or stop - end > _BETWEEN:
        return -1
    for place in range(end, stop):
        if 48 <= window[place] <= 57:
            return -1
    return begin


@njit(cache=True, nogil=True)
def _length(window: U32, start: int, at: int, stop: int, words: Words, cues: Cues) -> int:
    """Characters of the word that begins at ``at``; 0 if none does."""
    follows_letter = at > start and cues.flags[window[at - 1]] & LETTER != 0
    first = np.searchsorted(words.firsts, cues.folded[window[at]])
    for word in range(words.starts[first], words.starts[first + 1]):
        begin = words.offsets[word]
        n = words.offsets[word + 1] - begin
        if at + n > stop or (words.is_spaced[word] and follows_letter):
            continue
        same = 1
        while same < n and cues.folded[window[at + same]] == words.points[begin + same]:
            same += 1
        if same < n:
            continue
        goes_on = at + n < stop and cues.flags[window[at + n]] & LETTER != 0
        if not (words.is_spaced[word] and goes_on):
            return int(n)
    return 0
