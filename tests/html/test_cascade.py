"""The cascade: its own text for articles in any script, trafilatura's for what is no article."""

from __future__ import annotations

import pytest

from curate.html import extract as module
from curate.html.by_resiliparse import parse
from curate.html.cascade import article_lines, fast_text
from curate.html.container import find_container
from curate.html.extract import ARTICLE, BALANCED, extract
from curate.html.extractors import CASCADE
from curate.html.page_lines import Line, read_lines
from tests.benchmarks.extraction_pages import LAYOUTS, page_of, parts_of
from tests.html.test_extract import SENTENCES

MORE = {
    "km": "មនុស្សទាំងអស់កើតមកមានសេរីភាព និងភាពស្មើៗគ្នាក្នុងសិទ្ធិនិងសេចក្ដីថ្លៃថ្នូរ",
    "am": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርና በመብትም እኩልነት ያለው ነው። የተፈጥሮ ማስተዋልና ሕሊና ስላለው።",
    "bo": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས་ཆེ་མཐོངས་དང༌། ཐོབ་ཐངགི་རང་དབང་འདྲ་མཉམ་དུ་ཡོད་ལ།",
    "ka": "ყველა ადამიანი იბადება თავისუფალი და თანასწორი თავისი ღირსებითა და უფლებებით.",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 이성이 있다.",
    "my": "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် လည်းကောင်း၊ တူညီလွတ်လပ်သော အခွင့်အရေးများဖြင့်",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
}
ALL = {**SENTENCES, **MORE}


def texts(sentence: str) -> list[str]:
    """Twenty-odd paragraphs that differ: eight for an article, the rest for its surroundings."""
    article = [f"{n}. {sentence * 3}" for n in range(8)]
    others = [f"{sentence[n : n + 40]} {n}" for n in range(0, 40, 2)]
    return article + others


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("lang", ALL)
def test_the_article_is_found_in_every_script_and_layout(lang: str, layout: object) -> None:
    assert callable(layout)
    parts = parts_of(texts(ALL[lang]), n_paragraphs=8)
    found = fast_text(page_of(parts, layout, lang))
    assert not found.is_doubtful
    lines = found.text.splitlines()
    assert [line for line in lines if line in parts.paragraphs] == list(parts.paragraphs)
    assert len(lines) <= len(parts.paragraphs) + 1  # the title
    assert extract(page_of(parts, layout, lang), extractor=CASCADE).extraction == ARTICLE


@pytest.mark.parametrize("lang", ALL)
def test_a_page_of_short_lines_goes_to_trafilatura(lang: str) -> None:
    names = [" ".join(f"{ALL[lang][n : n + 12]} {n}".split()) for n in range(30)]
    rows = "".join(f"<tr><td>{name}</td><td>{n}</td></tr>" for n, name in enumerate(names))
    html = f"<html lang={lang}><body><h1>{names[0]}</h1><table>{rows}</table></body></html>"
    assert fast_text(html).is_doubtful
    found = extract(html, extractor=CASCADE)
    assert found.extraction == BALANCED
    assert names[20] in found.text


def test_one_long_line_among_many_short_ones_makes_no_article() -> None:
    names = [f"{ALL['my'][n : n + 30].strip()} {n}" for n in range(40)]
    body = "".join(f"<p>{name}</p>" for name in names)
    html = f"<html><body><div><div><p>{ALL['my'] * 2}</p>{body}</div></div></body></html>"
    fast = fast_text(html)
    assert fast.found_fraction == 1
    assert fast.long_line_fraction < 0.5
    assert fast.is_doubtful


def test_content_taken_for_navigation_goes_to_trafilatura() -> None:
    sentence = ALL["th"] * 3
    body = "".join(f"<p>{n} {sentence}</p>" for n in range(40))
    html = f"<html><body><p>{sentence}</p><div class='sidebar'>{body}</div></body></html>"
    assert fast_text(html).found_fraction < 0.1
    assert extract(html, extractor=CASCADE).text.count(sentence) > 1


def test_of_a_doubtful_page_the_longer_text_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    html = f"<html><body><div>{ALL['hi'][:20]}</div><p>{ALL['hi'][:40]}</p></body></html>"
    fast = fast_text(html)
    assert fast.is_doubtful
    assert fast.text
    for text, extraction in (("", ARTICLE), (fast.text, ARTICLE), (fast.text + "x", BALANCED)):
        monkeypatch.setattr(module, "quick_text", lambda _, text=text: text)
        got = extract(html, extractor=CASCADE)
        assert got.extraction == extraction
        assert got.text == (text if extraction == BALANCED else fast.text)


def test_a_short_sure_page_takes_the_longer_text(monkeypatch: pytest.MonkeyPatch) -> None:
    html = f"<html><body><article><p>{ALL['ar'] * 2}</p></article></body></html>"
    assert not fast_text(html).is_doubtful
    monkeypatch.setattr(module, "quick_text", lambda _: "x")
    assert extract(html, extractor=CASCADE, fallback_chars=500).extraction == ARTICLE
    monkeypatch.setattr(module, "quick_text", lambda _: "x" * 499)
    assert extract(html, extractor=CASCADE, fallback_chars=500).extraction == BALANCED
    assert extract(html, extractor=CASCADE, fallback_chars=0).extraction == ARTICLE


def test_the_container_is_the_deepest_element_with_four_fifths() -> None:
    inside = "".join(f"<p>{n} {ALL['zh']}</p>" for n in range(9))
    html = f"<body><div id=a><div id=b>{inside}</div><p>{ALL['zh']}</p></div><p>น้อย</p></body>"
    lines = read_lines("\n".join(f"<p>{n} {ALL['zh']}</p>" for n in range(9)) + "\n<p>อื่น</p>")
    container = find_container(parse(html), lines)
    assert container is not None
    assert container.node.getattr("id") == "b"
    assert 0.9 < container.coverage < 1


def test_comments_do_not_move_the_container() -> None:
    """They are paragraphs too, but not of the main content."""
    article = [f"{n} {ALL['am']}" for n in range(5)]
    comments = "".join(f"<p>{n} {ALL['bo']}</p>" for n in range(50))
    body = "".join(f"<p>{text}</p>" for text in article)
    html = f"<body><div id=a>{body}</div><div id=c>{comments}</div></body>"
    container = find_container(parse(html), read_lines("\n".join(f"<p>{t}</p>" for t in article)))
    assert container is not None
    assert container.node.getattr("id") == "a"


@pytest.mark.parametrize("html", ["", "<p>x</p>", "<body></body>", "<frameset><frame></frameset>"])
def test_a_page_without_an_element_of_paragraphs_has_no_container(html: str) -> None:
    assert find_container(parse(html), read_lines("<p>x</p>")) is None


def test_menus_at_the_ends_are_cut_and_headings_stay() -> None:
    def line(width: int, link: int = 0, tag: str = "p") -> Line:
        return Line("x" * width, tag, width, link)

    menu, head, text, list_item = line(10, 10), line(15, tag="h2"), line(300), line(12, tag="li")
    inner = [text, menu, list_item, text]
    assert article_lines([menu, head, *inner, menu, menu]) == [head, text, list_item, text]


@pytest.mark.parametrize(
    "text", ["Click here to proceed.", "กรุณารอสักครู่", "页面不存在", "الصفحة غير موجودة", "𞤖𞤢𞤤𞤢"]
)
@pytest.mark.parametrize("extractor", [CASCADE, "trafilatura", "resiliparse"])
def test_a_page_of_frames_has_the_text_for_those_without(text: str, extractor: str) -> None:
    html = (
        '<html><head><title>x</title></head><FRAMESET rows="100%,*"><frame src="/?a=1&b=2">'
        f'</FRAMESET><noframes><body><a href="/?fp=1">{text}</a></body></noframes></html>'
    )
    assert extract(html, extractor=extractor, fallback_chars=250).text == text
