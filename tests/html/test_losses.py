"""What extractors threw away or ran together on real pages: each kind stays right."""

from __future__ import annotations

import pytest

from curate.html.extract import extract
from curate.html.extractors import BLOCKS, RESILIPARSE

WORDS = {
    "en": "The lighthouse on the northern cape was built in spring by forty masons, and stands.",
    "ja": "岬の古い灯台は四十人の石工が春に建てたもので、石は小舟で運ばれました。",
    "hi": "उत्तरी अंतरीप का पुराना प्रकाशस्तंभ वसंत में चालीस कारीगरों ने बनाया था।",
    "th": "ประภาคารเก่าบนแหลมทางเหนือสร้างขึ้นในฤดูใบไม้ผลิโดยช่างหินสี่สิบคนซึ่งขนหินมาทางเรือ",
    "ar": "بنى أربعون بناء المنارة القديمة على الرأس الشمالي في الربيع وحملوا حجارتها في قوارب",
    "zh": "北岬上的旧灯塔是四十名石匠在春天建造的，石头都是用小船从海湾对面运来的。",
}


def page(middle: str, lang: str = "en", before: str = "", after: str = "") -> str:
    text = WORDS[lang] * 3
    body = f"{before}<article><p>{text}</p>{middle}<p>{text}</p><p>{text}</p></article>{after}"
    return f"<html lang={lang}><head><title>x</title></head><body>{body}</body></html>"


def text_of(html: str, extractor: str = BLOCKS) -> str:
    return extract(html, extractor=extractor).text


SENTENCES = (
    (
        "ja",
        "<a href=/a>北浜</a>の<a href=/b>灯台</a>は<a href=/c>海</a>を見下ろす",
        "北浜の灯台は海を見下ろす",
    ),
    ("zh", "姓<b>王</b>的<i>人</i>", "姓王的人"),
    ("hi", "यह <b>न</b> केवल", "यह न केवल"),
    (
        "en",
        "in <b>1901</b>–<b>1914</b>, <b>1901</b><i>–</i><b>4</b>",
        "in 1901–1914, 1901–4",
    ),
    ("en", "costs <span>€</span>25 and <span>&euro;</span>3", "costs €25 and €3"),
    ("th", "คน<b>ๆ</b>นั้น", "คนๆนั้น"),
)


@pytest.mark.parametrize("extractor", [BLOCKS, RESILIPARSE])
@pytest.mark.parametrize(("lang", "source", "shown"), SENTENCES)
def test_single_characters_in_elements_of_their_own(
    lang: str, source: str, shown: str, extractor: str
) -> None:
    html = page(f"<p>{WORDS[lang]} {source} {WORDS[lang]}</p>", lang)
    assert shown in text_of(html, extractor)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("On <time>4 May 1901</time> the lamp was lit", "On 4 May 1901 the lamp was lit"),
        (
            "Its builder was <a rel=author href=/a>Anna</a>, its stone <a rel=tag href=/b>red</a>",
            "Its builder was Anna, its stone red",
        ),
        ("x <abbr title=y>z</abbr>&shy;w", "x zw"),
        (
            "<ruby>岬<rt>みさき</rt></ruby>の<ruby>汽笛<rp>(</rp><rt>きてき</rt><rp>)</rp></ruby>が",
            "岬(みさき)の汽笛(きてき)が",
        ),
        ("Leucht&shy;turm auf dem nörd\xadlichen Kap", "Leuchtturm auf dem nördlichen Kap"),
    ],
)
def test_words_inside_a_sentence(source: str, shown: str) -> None:
    assert shown in text_of(page(f"<p>{WORDS['en']} {source} {WORDS['en']}</p>"))


CODE = 'int main(void)\n{\n    int h = 3;\n    if (h > 2) {\n        puts("high");\n    }\n}\n----'


@pytest.mark.parametrize("where", ["<p>", "<div>"])
def test_lines_of_signs_inside_code(where: str) -> None:
    html = page(f"{where}{WORDS['en']}<pre><code>{CODE.replace('>', '&gt;')}</code></pre>")
    assert CODE in text_of(html)


@pytest.mark.parametrize("lang", WORDS)
def test_a_list_between_paragraphs_right_under_the_body(lang: str) -> None:
    items = [f"{WORDS[lang][:30]} {n}" for n in range(3)]
    text = f"<p>{WORDS[lang] * 3}</p>"
    html = f"<html lang={lang}><body>{text * 2}<ul><li>{'<li>'.join(items)}</ul>{text * 2}"
    lines = text_of(html).split("\n")
    assert [f"- {item}" in lines for item in items] == [True] * 3


def test_lists_and_code_at_either_end_of_an_article() -> None:
    hours = "<ul><li>Monday: closed<li>Tuesday: 9 to 5<li>Friday: 9 to 12</ul>"
    text = f"<p>{WORDS['en'] * 3}</p>" * 3
    for body in (text + hours, hours + text):
        assert "Tuesday: 9 to 5" in text_of(f"<html><body><article>{body}</article></body></html>")
    code = f"<pre>{CODE.replace('>', '&gt;')}</pre>"
    assert CODE in text_of(f"<html><body><article>{text}{code}</article></body></html>")


def test_a_paragraph_that_is_one_link() -> None:
    link = f"<p><a href=/more>{WORDS['en'] * 3} Linked as a whole.</a></p>"
    found = text_of(page(f"<p>{WORDS['en']} Before it.</p>{link}"))
    assert "Before it." in found
    assert "Linked as a whole." in found


def test_words_of_a_class_are_not_the_page() -> None:
    html = page(f"<p class='share-of-market'>{WORDS['en']} A share of the harbour.</p>")
    assert "A share of the harbour." in text_of(html)


def test_an_article_inside_an_aside() -> None:
    text = f"<p>{WORDS['en'] * 3}</p>"
    html = f"<html><body><aside><h1>Title</h1>{text * 4}</aside></body></html>"
    assert text_of(html).count(WORDS["en"]) == 12


def test_a_poem_of_lines() -> None:
    verse = ["Grey is the sea", "and grey the sky", "and white the gulls", "that wheel and cry"]
    html = f"<html><body><h2>The cape</h2><p>{'<br>'.join(verse)}<br><br>{'<br>'.join(verse)}</p>"
    assert "\n".join(verse) in text_of(html)


def test_a_table_of_data_is_rows() -> None:
    rows = "".join(f"<tr><td>190{n}<td>forty-{n} storms" for n in range(5))
    found = text_of(page(f"<table><tr><th>Year<th>Storms{rows}</table>"))
    assert "1903 | forty-3 storms" in found


@pytest.mark.parametrize("kind", ["noscript", "font", "hidden", "frameset"])
def test_what_was_right_stays(kind: str) -> None:
    text = f"<p>{WORDS['hi'] * 3}</p>" * 4
    html = {
        "noscript": f"<body><noscript><article>{text}</article></noscript>",
        "font": f"<body>{'<font><b>' * 160}{text}",
        "hidden": f"<body>{'<div>' * 600}{text}",
        "frameset": f"<frameset><frame src=a><noframes><body>{text}</noframes></frameset>",
    }[kind]
    assert text_of(f"<html lang=hi>{html}").count(WORDS["hi"]) == 12
