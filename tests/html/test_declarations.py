"""Which declaration of an encoding is believed, when several stand there and some are false."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.encodings.encoding_names import LABELS
from curate.html.charset import decode, decode_text
from curate.html.declared_charset import by_header, by_meta
from curate.html.plausible import implausible
from tests.html.test_charset import TEXTS, encoded, page

MORE = {
    "windows-1257": "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas ",
    "koi8-u": "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони ",
    "x-mac-cyrillic": "Все люди рождаются свободными и равными в своём достоинстве, и это я. ",
    "macintosh": "Tous les êtres humains naissent libres et égaux en dignité, et élevés à ça. ",
    "iso-8859-5": "Все люди рождаются свободными и равными в своем достоинстве и правах. ",
    "windows-1254": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Şöyle ",
    "windows-1250": "Toate fiinţele umane se nasc libere şi egale în demnitate şi în drepturi. ",
}
OLD = {name: text for name, text in (TEXTS | MORE).items() if not name.startswith("utf-")}
EACH = pytest.mark.parametrize("name", OLD)
LATIN = "windows-1252"


def meta(name: str) -> str:
    return f'<meta http-equiv="Content-Type" content="text/html; charset={name}">'


def read(html: str, name: str, http_content_type: str | None) -> tuple[str, str, bool]:
    decoded = decode(encoded(html, name), http_content_type)
    return decoded.text, decoded.source, decoded.conflict


@EACH
@pytest.mark.parametrize("label", ["ISO-8859-1", "us-ascii", "Windows-1252"])
def test_a_header_that_servers_send_for_everything_does_not_beat_a_meta(
    name: str, label: str
) -> None:
    html = page(OLD[name], meta(name))
    text, source, conflict = read(html, name, f"text/html; charset={label}")
    assert text == html
    assert source in ("meta", "http") if name == LATIN else source == "meta"
    assert conflict == (name != LATIN)


@EACH
def test_a_false_header_of_utf8_leads_to_the_meta(name: str) -> None:
    html = page(OLD[name], meta(name))
    assert read(html, name, "text/html; charset=UTF-8") == (html, "meta", True)


@EACH
@pytest.mark.parametrize("tag", ["<meta charset={}>", "<META CHARSET='{}'>"])
def test_a_meta_behind_scripts_is_seen(name: str, tag: str) -> None:
    scripts = "<script>var a = '<p>';</script>\n" * 1900
    html = page(OLD[name], scripts + tag.format(name))
    assert 60_000 < html.index(OLD[name][:5]) < 65_536
    decoded = decode(encoded(html, name), None)
    assert (decoded.text, decoded.encoding, decoded.source) == (html, name, "meta")


def test_western_pages_keep_their_header_against_a_false_meta() -> None:
    html = page(TEXTS[LATIN], meta("gb2312"))
    assert read(html, LATIN, "text/html; charset=iso-8859-1") == (html, "http", True)
    html = page(TEXTS[LATIN], meta("iso-8859-2"))
    assert read(html, LATIN, "text/html; charset=iso-8859-1") == (html, "http", True)


@pytest.mark.parametrize("name", ["windows-1251", "shift_jis", "gbk", "euc-kr", "big5", "koi8-r"])
def test_western_is_not_believed_where_no_latin_text_can_be(name: str) -> None:
    html = page(OLD[name])
    assert read(html, name, "text/html; charset=iso-8859-1") == (html, "detected", False)
    html = page(OLD[name], meta("iso-8859-1"))
    assert read(html, name, "text/html") == (html, "detected", False)


def test_a_true_header_stands_against_a_false_meta() -> None:
    for name in ("windows-1251", "shift_jis", "big5", "windows-1256"):
        for lie in ("iso-8859-1", "utf-8"):
            html = page(OLD[name], meta(lie))
            assert read(html, name, f"text/html; charset={name}") == (html, "http", True)


@pytest.mark.parametrize(
    ("lie", "name"),
    [
        *(("koi8-r", "windows-1251"), ("shift_jis", "euc-jp"), ("big5", "gbk")),
        *(("windows-1251", "windows-1256"), ("iso-8859-2", "windows-1257"), ("gbk", "utf-8")),
    ],
)
def test_another_false_header_gives_way_where_the_detector_sides_with_the_meta(
    lie: str, name: str
) -> None:
    html = page((TEXTS | MORE)[name], meta(name))
    text, source, conflict = read(html, name, f"text/html; charset={lie}")
    assert (text, conflict) == (html, True)
    assert source == "meta"


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"\r\n\r\n", b" \t\n", b"\n" * 500])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_mark_behind_white_space_is_a_mark(blank: bytes, codec: str) -> None:
    html = page("Маяк on the cape. 灯台 𐌰𐌻")
    decoded = decode(blank + ("\ufeff" + html).encode(codec), "text/html; charset=koi8-r")
    assert (decoded.text, decoded.source, decoded.conflict) == (html, "bom", True)
    assert decoded.encoding == codec.replace("-le", "le").replace("-be", "be")


@pytest.mark.parametrize("start", ["", "\n", "\r\n", " \n\t", '<?xml version="1.0"?>\n'])
@pytest.mark.parametrize("bytes_before", [b"", b"\n", b"\r\n", b"\n\n", b"\r\n\r\n"])
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark(start: str, bytes_before: bytes, codec: str) -> None:
    html = start + page("Маяк on the cape. 灯台 𐌰𐌻", "<meta charset=utf-16>")
    for header in (None, "text/html; charset=utf-16", "text/html; charset=utf-8"):
        decoded = decode(bytes_before + html.encode(codec), header)
        assert decoded.text.lstrip() == html.lstrip()
        assert decoded.encoding == codec.replace("-le", "le").replace("-be", "be")


def test_a_header_of_utf16_is_false_where_no_byte_is_nul() -> None:
    for name in ("utf-8", "windows-1251", "gbk"):
        decoded = decode(encoded(page(TEXTS[name]), name), "text/html; charset=utf-16")
        assert decoded.text == page(TEXTS[name])
    assert decode(b"<p>plain", "text/html; charset=utf-16le").text == "<p>plain"


def test_a_mark_of_utf8_before_bytes_that_are_not_is_false() -> None:
    html = page(TEXTS["windows-1251"], meta("windows-1251"))
    decoded = decode(b"\xef\xbb\xbf" + html.encode("cp1251"), None)
    assert (decoded.text, decoded.source, decoded.conflict) == (html, "meta", True)


@pytest.mark.parametrize(
    "label", ["hz-gb-2312", "iso-2022-kr", "csISO2022KR", "iso-2022-cn", "replacement"]
)
def test_pages_in_encodings_that_browsers_refuse_fail(label: str) -> None:
    body = b"<html><p>~{UbWy8[?Z5D>I5FK~JGSIKDJ.C{J/=3=(Tl5D#,~}</p>"
    for payload, header in (
        (body, f"text/html; charset={label}"),
        (meta(label).encode() + body, None),
    ):
        decoded = decode(payload, header)
        assert (decoded.text, decoded.encoding, decoded.failed) == ("", "replacement", True)
    html = page(TEXTS["utf-8"])
    decoded = decode(html.encode(), f"text/html; charset={label}")
    assert (decoded.text, decoded.failed) == (html, False), "these bytes disprove it"


def test_such_pages_fail_without_a_declaration_too() -> None:
    korean = b"<html>\x1b$)C<p>\x0e86Hg 8m@G\x0f</p>" * 3
    assert decode(korean, None).failed
    assert decode(korean, "text/html; charset=utf-8").failed
    hz = b"<html><p>~{UbWy8[?Z5D>I5FK~JGSIKDJ.C{J/=3=(Tl5D#,~}</p>"
    assert decode(hz, None).failed
    shell = b"<pre>for i in ~{a,b}; do cd ~/$i; done</pre>" + b"<p>An explanation. </p>" * 20
    assert decode(shell, None).text == shell.decode()


def test_japanese_escapes_are_believed_over_any_header() -> None:
    html = page("連絡先は㈱北浜商会です。".replace("㈱", "") + TEXTS["iso-2022-jp"])
    for label in ("utf-8", "iso-8859-1", "shift_jis", "iso-2022-jp"):
        decoded = decode(html.encode("iso2022-jp"), f"text/html; charset={label}")
        assert (decoded.text, decoded.encoding) == (html, "iso-2022-jp")
    assert decode(b"<p>\x1b(I\x43\x5a\x1b(B", None).text == "<p>\uff83\uff9a"


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "koi8-r"),
        ("<meta http-equiv=Content-Type content=text/html;charset=koi8-r>", "koi8-r"),
        ("<meta content='text/html; charset=koi8-r' http-equiv='Content-Type'/>", "koi8-r"),
        ('<meta http-equiv="content-type" content=\'text/html;charset="koi8-r"\'>', "koi8-r"),
        ('<META HTTP-EQUIV="Content-Type"\n CONTENT="text/html; CHARSET=KOI8-R">', "koi8-r"),
        ('<meta charSet="koi8-r"/>', "koi8-r"),
        ("<meta  charset = 'koi8-r'>", "koi8-r"),
        ('<meta charset=" koi8-r ">', "koi8-r"),
        ('<meta charset="text/html; charset=koi8-r">', "koi8-r"),
        ('<meta content="charset=koi8-r">', "koi8-r"),
        ('<meta charset=win-1251><meta charset="koi8-r">', "windows-1251"),
        ('<meta charset="nonsense"><meta charset="koi8-r">', "koi8-r"),
        ('<meta charset="x-sjis">', "shift_jis"),
        ('<meta charset="x-user-defined">', "windows-1252"),
        ('<meta charset="utf-16">', "utf-8"),
        ('<?xml version="1.0" encoding="koi8-r"?><html>', "koi8-r"),
        ("\n<?xml version='1.0' encoding='KOI8-R' standalone='yes'?>", "koi8-r"),
        ('<meta name="description" content="a page on charset=koi8-r">', None),
        ('<script charset="koi8-r" src="a.js"></script>', None),
        ("<!-- <meta charset=koi8-r> -->", None),
        ("<metadata charset=koi8-r><p>", None),
        ('<a href="?charset=koi8-r">', None),
    ],
)
def test_forms_of_the_meta(tag: str, label: str | None) -> None:
    start = "" if "<?" in tag else "<html><head><title>a</title>"
    found = by_meta(f"{start}{tag}</head><p>".encode())
    assert (found and found.encoding.name) == label


@pytest.mark.parametrize(
    ("header", "label"),
    [
        ("text/html; charset=koi8-r", "koi8-r"),
        ('text/html;charset="koi8-r"', "koi8-r"),
        ("text/html; Charset = 'KOI8-R'; x=y", "koi8-r"),
        ("text/html; charset=utf8, text/html", "utf-8"),
        ("text/html; charset=; charset=koi8-r", "koi8-r"),
        ("text/html; charset=none; charset=cp1251", "windows-1251"),
        ("text/html; charset=x-user-defined", "x-user-defined"),
        ("text/html; charset=", None),
        ("text/html", None),
        ("", None),
        (None, None),
    ],
)
def test_forms_of_the_header(header: str | None, label: str | None) -> None:
    found = by_header(header)
    assert (found and found.encoding.name) == label


def test_a_short_page_with_one_bad_byte_is_still_the_utf8_that_it_says() -> None:
    decoded = decode("<p>«é»".encode() + b"\xe9", "text/html; charset=utf-8")
    assert (decoded.text, decoded.encoding) == ("<p>«é»\ufffd", "utf-8")


def test_the_text_of_a_conversion_record() -> None:
    text = "Tous les êtres humains, 25 €"
    latin = "text/plain; charset=iso-8859-1"
    assert decode_text(text.encode("cp1252"), latin).text == text
    assert decode_text(text.encode("cp1252"), latin).source == "http"
    assert decode_text(("x" + text * 9).encode(), latin).encoding == "utf-8"
    assert decode_text(text.encode(), "text/plain; charset=utf-8").text == text
    assert decode_text(("\ufeff" + text).encode(), "text/plain").text == text
    assert decode_text(text.encode("cp1252"), "text/plain").text == text.replace(
        "ê", "\ufffd"
    ).replace("€", "\ufffd")
    japanese = "すべての人間は"
    declared = "text/plain; charset=Shift_JIS"
    assert decode_text(japanese.encode("cp932"), declared).text == japanese


TRUE = [
    *TEXTS.values(),
    *MORE.values(),
    "Vse najlepše Žižek, čeština",
    "col·lecció, l’été, naïve, «ça»",
    "Æsir “það”, Þórr",
    "STRAßE, größer, Äpfel; 25\xa0°C",
    "L'Hôpital; Ångström; ÉCOLE À PARIS, œuvre, SŒUR",
    "בְּרֵאשִׁית צה״ל, العَرَبِيَّة؟ ภาษาไทยๆ हिन्दी में",
    "Здравствуйте, «мир»… 5 °C — §7",
]


@pytest.mark.parametrize("text", TRUE)
def test_text_of_any_language_is_plausible(text: str) -> None:
    assert implausible(text) < 0.05


@pytest.mark.parametrize("name", ["windows-1251", "koi8-r", "shift_jis", "gbk", "euc-kr", "big5"])
def test_and_read_in_a_wrong_encoding_it_is_not(name: str) -> None:
    assert implausible(encoded(OLD[name], name).decode("cp1252", "replace")) > 0.2
    assert implausible("") == implausible("plain") == 0


@given(st.text(), st.sampled_from(sorted(LABELS)))
def test_implausible_is_a_share(text: str, label: str) -> None:
    assert 0 <= implausible(text) <= 2
    decoded = decode(text.encode(), f"text/html; charset={label}")
    assert isinstance(decoded.conflict, bool)
