"""Every encoding that pages use, every lie that they tell about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.encodings.encoding_names import LABELS, find_encoding
from curate.html.charset import decode

TEXTS = {
    "windows-1251": "Все люди рождаются свободными и равными в своем достоинстве и правах. ",
    "koi8-r": "Все люди рождаются свободными и равными в своем достоинстве и правах. ",
    "shift_jis": "すべての人間は、生まれながらにして自由であり、尊厳と権利とについて平等",
    "euc-jp": "すべての人間は、生まれながらにして自由であり、尊厳と権利とについて平等",
    "iso-2022-jp": "すべての人間は、生まれながらにして自由であり、尊厳と権利とについて平等",
    "gbk": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "gb18030": "人人生而自由，在尊严和权利上一律平等。𐌰𐌻𐌻𐌰𐌹 𞤀𞤣𞤤𞤢𞤥 सभी मनुष्यों को",
    "big5": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係",
    "euc-kr": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. ",
    "windows-874": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ",
    "windows-1256": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. ",
    "iso-8859-7": "Ολοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια ",
    "windows-1255": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. ",
    "iso-8859-2": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności. ",
    "windows-1252": "Tous les êtres humains naissent libres et égaux en dignité et en droits. ",
    "utf-8": "सभी मनुष्यों को गौरव 𐌰𐌻𐌻𐌰𐌹 人人生而自由 มนุษย์ يولد",
    "utf-16le": "सभी मनुष्यों को गौरव 𐌰𐌻𐌻𐌰𐌹 人人生而自由 มนุษย์ يولد",
    "utf-16be": "सभी मनुष्यों को गौरव 𐌰𐌻𐌻𐌰𐌹 人人生而自由 มนุษย์ يولد",
}
CASES = pytest.mark.parametrize(("name", "text"), TEXTS.items(), ids=TEXTS)


def page(text: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body>" + "<p class='a'>" * 5 + text * 5 + "</body></html>"


def encoded(html: str, name: str) -> bytes:
    return html.encode(LABELS[name].codec)


@CASES
def test_the_http_header_declares_it(name: str, text: str) -> None:
    decoded = decode(encoded(page(text), name), f'text/html; Charset="{name.upper()}"')
    assert decoded.text == page(text)
    assert decoded.encoding == name
    assert not decoded.failed


@pytest.mark.parametrize("name", [name for name in TEXTS if not name.startswith("utf-16")])
@pytest.mark.parametrize(
    "tag",
    [
        "<meta charset={}>",
        "<META CHARSET = '{}' />",
        '<meta http-equiv="Content-Type" content="text/html; charset={}">',
        "<!-- <meta charset=koi8-u> --><meta charset={}>",
        "<meta charset=utf-7><meta charset={}>",
    ],
)
def test_a_meta_tag_declares_it(name: str, tag: str) -> None:
    html = page(TEXTS[name], tag.format(name))
    decoded = decode(encoded(html, name), "text/html")
    assert (decoded.text, decoded.encoding, decoded.source) == (html, name, "meta")


def test_an_xml_declaration_declares_it() -> None:
    html = '<?xml version="1.0" encoding="windows-1251"?>' + page(TEXTS["windows-1251"])
    decoded = decode(encoded(html, "windows-1251"), None)
    assert (decoded.encoding, decoded.source) == ("windows-1251", "meta")


@CASES
def test_nothing_declares_it_and_it_is_found(name: str, text: str) -> None:
    decoded = decode(encoded(page(text), name), None)
    assert decoded.text == page(text)
    assert decoded.source == ("utf8" if name == "utf-8" else "detected")


@CASES
def test_a_false_declaration_of_utf8_is_found_out(name: str, text: str) -> None:
    decoded = decode(encoded(page(text), name), "text/html; charset=utf-8")
    assert decoded.text == page(text)


@pytest.mark.parametrize(
    "lie", ["iso-8859-1", "windows-1251", "gb2312", "shift_jis", "tis-620", "utf-16"]
)
@pytest.mark.parametrize("name", ["windows-1252", "gb18030", "windows-874", "utf-8"])
def test_utf8_is_believed_over_any_declaration(lie: str, name: str) -> None:
    html = page(TEXTS[name])
    decoded = decode(html.encode(), f"text/html; charset={lie}")
    assert (decoded.text, decoded.encoding, decoded.source) == (html, "utf-8", "utf8")


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_utf8_cut_inside_a_character_is_still_utf8(cut: int) -> None:
    html = "<p>" + TEXTS["gb18030"] * 3 + "𐌰"
    decoded = decode(html.encode()[:-cut], "text/html; charset=iso-8859-1")
    assert decoded.encoding == "utf-8"
    assert decoded.text[:-1] == html[:-1]
    assert decoded.text[-1] == "\ufffd"
    assert not decoded.failed


def test_a_few_chinese_characters_that_happen_to_be_valid_utf8_stay_chinese() -> None:
    decoded = decode("<p>联通</p>".encode("gbk"), "text/html; charset=gb2312")
    assert (decoded.text, decoded.encoding) == ("<p>联通</p>", "gbk")


@pytest.mark.parametrize(
    ("bom", "codec", "name"),
    [
        (b"\xef\xbb\xbf", "utf-8", "utf-8"),
        (b"\xff\xfe", "utf-16-le", "utf-16le"),
        (b"\xfe\xff", "utf-16-be", "utf-16be"),
    ],
)
def test_a_byte_order_mark_wins(bom: bytes, codec: str, name: str) -> None:
    html = page(TEXTS["utf-8"], "<meta charset=latin1>")
    decoded = decode(bom + html.encode(codec), "text/html; charset=koi8-r")
    assert (decoded.text, decoded.encoding, decoded.source) == (html, name, "bom")


@pytest.mark.parametrize(
    "name",
    [
        *("utf-7", "idna", "rot13", "punycode", "hex", "zlib", "unicode_escape", "undefined"),
        *("mbcs", "iso-2022-kp", "hz-gb-2313", "x-user", "x" * 5000, "", "\0"),
    ],
)
def test_dangerous_and_unknown_names_are_ignored(name: str) -> None:
    assert find_encoding(name) is None
    decoded = decode("<p>+ADw-script+AD4- é".encode(), f"text/html; charset={name}")
    assert decoded.text == "<p>+ADw-script+AD4- é"


def test_labels_read_the_superset_that_browsers_read() -> None:
    assert decode(b"<p>\x93quoted\x94", "text/html; charset=iso-8859-1").text == "<p>“quoted”"
    assert decode("<p>镕㐀".encode("gb18030"), "text/html; charset=gb2312").text == "<p>镕㐀"
    assert decode("<p>똠방각하".encode("cp949"), "text/html; charset=ks_c_5601-1987").text == (
        "<p>똠방각하"
    )


def test_nul_is_removed() -> None:
    assert decode(b"<p>a\0b", None).text == "<p>ab"


def test_bytes_that_are_no_text_fail() -> None:
    noise = bytes((i * i * 31 + i * 7) % 253 for i in range(5000))
    assert decode(noise, "text/html; charset=utf-8").text
    broken = ("<p>" + "人人" * 500).encode("utf-16-le")[:-1] + b"\xd8\xd8" * 900
    decoded = decode(b"\xff\xfe" + broken, None)
    assert decoded.failed
    assert decoded.encoding == "utf-16le"
    assert not decode(b"<p>caf\xe9 " + b"abc " * 500, "text/html; charset=utf-8").failed


@given(
    st.binary(max_size=300),
    st.one_of(
        st.none(), st.text(max_size=30), st.sampled_from(sorted(LABELS)).map("charset={}".format)
    ),
    st.sampled_from(
        [b"", b"\xff\xfe", b"\xfe\xff", b"<\0", b"<meta charset=", b"<?xml encoding='"]
    ),
)
def test_any_bytes_give_text_that_arrow_can_hold(
    payload: bytes, http_content_type: str | None, start: bytes
) -> None:
    decoded = decode(start + payload, http_content_type)
    decoded.text.encode("utf-8")
    assert "\0" not in decoded.text
    assert decoded.encoding in LABELS
    assert decoded == decode(start + payload, http_content_type)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_utf8_round_trips(text: str) -> None:
    assert decode(("<p>" + text).encode(), "text/html; charset=utf-8").text == "<p>" + text
