"""Words before a number that say what it is. Languages and scripts mixed: pages mix them too."""

from __future__ import annotations

import re
from typing import Final

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

_UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)

REACH: Final = 28
"""Characters before a number in which a word speaks for it."""

_BETWEEN: Final = 16
_BREAK: Final = re.compile(r"[0-9\n]")


def _one_of(words: str) -> str:
    """A pattern: scripts with blanks want the whole word, others only that it is there."""
    spaced = [re.escape(w) for w in words.split() if not _UNSPACED.search(w)]
    unspaced = [re.escape(w) for w in words.split() if _UNSPACED.search(w)]
    marks = r"[☎☏📞📱📲✆℡]"
    return rf"(?:(?<![^\W\d_])(?:{'|'.join(spaced)})(?![^\W\d_])|{'|'.join(unspaced)}|{marks})"


_PHONE: Final = re.compile(_one_of(_PHONE_WORDS), re.IGNORECASE)
_OTHER: Final = re.compile(_one_of(_OTHER_WORDS), re.IGNORECASE)


def says_phone(before: str) -> bool:
    """Whether the text before a number says that it is a phone number, and nothing nearer else."""
    phone = _last(_PHONE, before)
    return phone >= 0 and phone >= _last(_OTHER, before)


def says_other(before: str) -> bool:
    """Whether it says that it is another kind of number, such as an ISBN or a tax number."""
    return _last(_OTHER, before) > _last(_PHONE, before)


def _last(word: re.Pattern[str], before: str) -> int:
    """Where the last such word begins, if no other number and no line end follows it; else -1."""
    near = before[-REACH:]
    for match in reversed(list(word.finditer(near))):
        between = near[match.end() :]
        is_near = len(between) <= _BETWEEN and not _BREAK.search(between)
        return match.start() if is_near else -1
    return -1
