"""True personal data and look-alikes of it, made of the words of :mod:`tests.pii.languages`."""

from __future__ import annotations

from collections.abc import Iterator

from tests.pii.languages import LANGUAGES, Language
from tests.pii.more_look_alikes import WITHOUT

DIGITS = {"arb_Arab": "٠", "fas_Arab": "۰", "hin_Deva": "०", "ben_Beng": "০", "tha_Thai": "๐"}
"""Zeros of languages that have digits of their own."""

ADDRESSES = ("93.184.216.34", "151.101.1.69", "61.177.172.13", "203.119.86.101", "77.88.55.242")


def in_digits(language: str, text: str) -> str:
    """The text with every other look-alike's ASCII digits in those of the language."""
    zero = DIGITS.get(language)
    if zero is None:
        return text
    return text.translate({ord("0") + i: ord(zero) + i for i in range(10)})


def true_ones(words: Language, number: int) -> Iterator[str]:
    """Texts of a language with personal data in ``⟦kind|value⟧``."""
    national, abroad = words.national, words.abroad
    for word, value in zip(words.phone, national, strict=False):
        yield f"{word} ⟦p|{value}⟧"
    yield f"{words.phone[1]} ⟦p|{national[4]}⟧, {words.years} 1998"
    yield f"{words.phone[0]} ⟦p|{national[1]}⟧ / ⟦p|{national[3]}⟧"
    yield f"{words.weak[0]} ⟦p|{national[0]}⟧"
    yield f"{words.weak[1]} ⟦p|{national[1]}⟧"
    yield f"{words.people} ⟦p|{abroad[0]}⟧ 1998"
    yield f"⟦p|{abroad[1]}⟧"
    yield f"{words.phone[2]} ⟦p|{abroad[1]}⟧, ⟦e|info@mail{number}.org⟧"
    for value in national:
        yield f"{words.people} ⟦p|{value}⟧"
    yield f"{words.server} ⟦i|{ADDRESSES[number % 5]}⟧"
    yield f"{words.people} ({ADDRESSES[number % 5].join(('⟦i|', '⟧'))})"
    yield f"⟦i|{ADDRESSES[(number + 1) % 5]}⟧:443"


def look_alikes(words: Language) -> Iterator[str]:
    """Texts of a language without any."""
    phone, weak = words.phone, words.weak
    bare = phone[0].rstrip(":： ")
    yield f"{bare} {words.price} 1999-2999 {words.money}"
    yield f"{bare}: 1.500.000 {words.money}"
    yield f"{words.price} 12 345 678 {words.money}"
    yield f"{bare} {words.years} 2015 2016 2017"
    yield f"{weak[0].rstrip(':：. ')} 153 1194-1217"
    yield f"{weak[1].rstrip(':：. ')} 850/900/1800/1900"
    yield f"{weak[0].rstrip(':：. ')} 7.35-7.45 7.2"
    yield f"{words.part[0]} 06 123 456 78"
    yield f"{words.part[1]} 01-2345-6789"
    yield f"{words.part[2]} 0123 456789"
    yield f"{words.part[3]} 02 34 56 78 91"
    yield f"{words.draw} 02 14 26 38 50"
    yield f"{words.line} 06 15 06 45 07 15 07 45"
    yield f"{words.version[0]} 10.15.7.2"
    yield f"{words.version[1]} 144.2.65.120"
    yield f"Oracle 19.18.22.10 {words.people}"
    yield f"{words.years} 1941-1945, 1998-2004"
    yield f"{words.pages} 1234-1256, 12345-12399"
    yield f"1 402 112 000 {words.people}"
    yield f"{words.people} 2024-01-15 10:30:45, 15.03.2021"
    yield f"ISBN 978-3-16-148410-0, {words.years} 2010"
    yield f"IBAN DE89 3704 0044 0532 0130 00, {words.people}"


OTHERS: tuple[str, ...] = (
    "Eurojackpot: 02 14 26 38 50",
    "Bus 12: 06 15 06 45 07 15 07 45",
    "06 10 06 40 07 10 07 40 08 10",
    "IBAN: NL91 ABNA 0417 1643 00",
    "DE89 3704 0044 0532 0130 00",
    "FR76 3000 6000 0112 3456 7890 189",
    "GB29 NWBK 6016 1331 9268 19 and CH93 0076 2011 6238 5295 7",
    "BE68 5390 0754 7034, BIC KREDBEBB",
    "libfoo-12.34.56.78.so was updated",
    "EC 3.4.21.105 and EC number 2.7.11.130",
    "the protease 3.4.24.137 cleaves it",
    "Nr. 23.11.20.14",
    "Chrome/114.0.5735.198 Safari/537.36",
    "driver 31.0.15.3623 and firmware 45.117.92.130",
    "package foo_45.12.200.131-1_amd64.deb",
    "kernel 95.120.33.101-generic",
    "1.3.6.1.4.1.311.21.20 is an OID",
    "see §12.34.56.178 of the code",
    "ORCID 0000-0002-1825-0097",
    "ISNI 0000 0001 2103 2683",
    "CAS 7732-18-5, 50-00-0 and 1309-48-4",
    "EINECS 200-001-8, UN 1203",
    "ISSN 2049-3630 and ISSN 0317-8471",
    "ISBN 0-306-40615-2, ISBN 0 19 853453 1",
    "doi:10.1016/j.cell.2013.05.039",
    "doi:10.1103/PhysRevLett.116.061102",
    "arXiv:2506.20920v1 and hep-th/9901001",
    "PMID 21376230, PMC3065307",
    "Cell 153 (6): 1194-1217",
    "Cell. 2013;153(6):1194-1217",
    "Nature 171 (4356): 737-738",
    "Ps 119:105-112; 1 Cor 13:4-8; Gen 1 1-31",
    "6-4 3-6 7-5, 21-19 19-21 21-17",
    "110-98 102-100 95-93",
    "MAC 08-00-27-12-34-56",
    "00-11-22-33-44-55",
    "01-23-45-67-89-AB",
    "40.7128, -74.0060 and 48.856614, 2.352222",
    "+48.856614002, +2.352222",
    "N 52 31 12.0288 E 13 24 17.8344",
    "UTM 32U 0461344 5481745",
    "12.04.1961 04.12.1961 1961-04-12 19610412",
    "04/12/1961 12/04/61 61/12/04",
    "20240115083045 and 2024-01-15T08:30:45",
    "personnummer 010203-1234",
    "rodné číslo 010203/1234",
    "CPF 012.345.678-90, CNPJ 01.234.567/0001-89",
    "사업자등록번호 012-34-56789",
    "NIP 012-345-67-89, REGON 012345678",
    "Steuernummer 012/345/67890",
    "SSN 078-05-1120, EIN 01-2345678",
    "VAT GB 012 3456 78, TVA FR 01 234 567 890",
    "SWIFT COBADEFFXXX, BLZ 370 400 44",
    "sort code 01-23-45 account 01234567",
    "4111 1111 1111 1111",
    "card 5500 0000 0000 0004, valid 12/27",
    "tracking 01 2345 6789 0123 4567",
    "p/n 045 496 590472",
    "UPC 0 12345 67890 5, EAN 4 006381 333931",
    "01234 and 02134-1234",
    "the buffer has pH 7.35-7.45 7.2",
    "pH 6.8 7.2 7.4 7.6",
    "GSM 850 900 1800 1900 MHz",
    "GSM 900/1800",
    "cell 1234567 of the table",
    "Cells 2014 3 1152-1175",
    "Mob rule 1789-1794",
    "Handy 2010 2011 2012",
    "call 911 112 110 119",
    "calls 1500-2000 per day",
    "Tel Aviv 2015 2016 2017",
    "Tel Aviv 1948-1967",
    "phone 3310 6600 9300",
    "phones 1000000 sold",
    "mobile 4.12.14.6 for Android",
    "mobile 5000 mAh",
    "phone 1080 x 2400 pixels",
    "smartphone 128000 MB",
    "Fax 2019-2020",
    "fax 14400 33600 bps",
    "hotline 2020-03-15",
    "手机价格1999-2999元",
    "手机2019-2020",
    "手机电池5000毫安",
    "手机 12345678 部",
    "điện thoại 1.000.000 - 2.000.000 đồng",
    "ĐT 2018-2019",
    "携帯電話12345678台",
    "휴대폰 1,234,567원 1234567대",
    "телефон 15 000 000 руб.",
    "mobil 12.000.000 rupiah",
    "telefon 1 200 000 Ft",
    "celular R$ 1234567",
    "phone $1234567",
    "mobile Rs. 1500000",
    "Lotto 03 11 19 24 37 42",
    "EuroMillions 07 12 23 34 45",
    "0.306406152 and 01.02.03.04",
    "05 10 15 20 25 30",
    "01 02 03 04 05 06 07 08",
    "00 15 30 45 00 15 30",
    "6.28318530717958 and 1.41421356237309",
    "1-800-356-93777 2",
    "012 345 678 901 234",
    "Order 212-555-3456, Ticket 415-555-2671",
    "serial 978-214-7788",
    "2 000 000 000 and 7 800 000 000 people",
)
"""Of every kind, beside those in each language."""

TRUE: tuple[tuple[str, str], ...] = tuple(
    (name, text)
    for text, name in {
        text: words.name for i, words in enumerate(LANGUAGES) for text in true_ones(words, i)
    }.items()
)
LOOK_ALIKES: tuple[tuple[str, str], ...] = (
    *(
        (words.name, in_digits(words.name, text) if i % 2 else text)
        for words in LANGUAGES
        for i, text in enumerate(look_alikes(words))
    ),
    *(("many", text) for text in (*OTHERS, *WITHOUT)),
)
