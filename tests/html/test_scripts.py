"""Text that only a page's scripts hold."""

from __future__ import annotations

import json

import pytest

from curate.html.by_blocks import find_text
from curate.html.markup.read_page import scan_page
from curate.html.page_scripts import read_linked, state_html

THAI = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม " * 4
HINDI = "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। " * 4


def linked(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def test_the_body_of_an_article_in_json_ld() -> None:
    value = {
        "@graph": [
            {"@type": "Person", "name": "A"},
            {
                "@type": "Article",
                "articleBody": f"{THAI}\n\n{HINDI} a < b",
                "datePublished": "2020-01-02",
                "author": [{"name": "กข"}],
            },
        ]
    }
    found = read_linked(scan_page(linked(value)))
    assert found.body == f"<p>{THAI}</p><p>{HINDI} a &lt; b</p>"
    assert found.known == {"datePublished": "2020-01-02", "author": "กข"}


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        (
            f"<script id=__NEXT_DATA__ type=application/json>{json.dumps({'a': [THAI]})}</script>",
            THAI,
        ),
        (
            f"<script>window.__INITIAL_STATE__ = {json.dumps({'b': f'<p>{THAI}</p>'})};</script>",
            THAI,
        ),
        (f"<script>window['app_data']=JSON.parse({json.dumps(json.dumps([THAI]))})</script>", THAI),
        (
            "<script>self.__next_f.push([1,"
            + json.dumps(
                '0:["$","p",null,{"children":' + json.dumps(THAI, ensure_ascii=False) + "}]\n"
            )
            + "])</script>",
            THAI,
        ),
        (
            "<script>self.__next_f.push([1,"
            + json.dumps(f"1:T{len(HINDI.encode()):x},")
            + "])</script><script>self.__next_f.push([1,"
            + json.dumps(HINDI + '2:{"a":1}\n')
            + "])</script>",
            HINDI,
        ),
    ],
    ids=["next", "state", "parsed", "flight", "flight text"],
)
def test_states_of_pages_that_scripts_build(script: str, wanted: str) -> None:
    assert state_html(scan_page(script)).count(wanted.strip()) == 1


@pytest.mark.parametrize(
    "script",
    [
        "<script>window.__STATE__ = {broken",
        "<script>window.state = '" + "[" * 100_000 + "</script>",
        f"<script>window.state = {'[' * 100_000}</script>",
        f"<script>var css = {json.dumps('.a{color:red;margin:0}' * 20)}; window.data={{}}</script>",
        f"<script>window.data = {json.dumps(['https://a.example/b ' * 10])}</script>",
        '<script>self.__next_f.push([1,"zz:T99999999,x"])</script>',
        '<script type="application/ld+json">{"articleBody": [1], "author": {"name": 3}}</script>',
    ],
)
def test_what_is_no_text_gives_none(script: str) -> None:
    page = scan_page(script)
    assert state_html(page) == ""
    assert read_linked(page).body == ""


def test_a_page_that_shows_its_text_is_not_asked_for_scripts() -> None:
    body = f"<article><h1>हिन्दी</h1><p>{HINDI}</p><p>{HINDI}</p></article>"
    page = linked({"@type": "Article", "articleBody": f"{THAI}\n{THAI}"})
    found = find_text(scan_page(f"<html><body>{page}{body}</body></html>"))
    assert found.extraction == "blocks"
    assert THAI.strip() not in found.text
    assert HINDI.strip() in found.text
