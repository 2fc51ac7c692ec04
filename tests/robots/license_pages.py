"""Made pages in 20 languages, each with the licence that a reader would say it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

CC = "https://creativecommons.org/"

SENTENCES = {
    "de": "Dieser Text steht unter der Lizenz",
    "en": "This work is licensed under",
    "fr": "Ce texte est disponible sous licence",
    "es": "El contenido está disponible bajo la licencia",
    "pt": "Este texto está disponível sob a licença",
    "it": "Il testo è disponibile secondo la licenza",
    "pl": "Tekst udostępniany na licencji",
    "cs": "Text je dostupný pod licencí",
    "ru": "Текст доступен по лицензии",
    "uk": "Текст доступний за ліцензією",
    "el": "Το κείμενο διατίθεται με άδεια",
    "tr": "Metin şu lisans altındadır:",
    "ar": "النص متاح تحت رخصة",
    "fa": "متن تحت مجوز",
    "he": "הטקסט מוגש בכפוף לרישיון",
    "hi": "यह पाठ इस लाइसेंस के अधीन है:",
    "ja": "この文章は次のライセンスの下にあります：",
    "ko": "이 글은 다음 라이선스를 따릅니다:",
    "zh": "本文採用以下授權條款：",
    "vi": "Văn bản được phát hành theo giấy phép",
}
"""Language -> a sentence after which the name of a licence stands."""

LICENSES = {
    "CC-BY-4.0": f"{CC}licenses/by/4.0/",
    "CC-BY-SA-4.0": f"{CC}licenses/by-sa/4.0/deed.{{lang}}",
    "CC-BY-NC-3.0": "http://creativecommons.org/licenses/by-nc/3.0/",
    "CC-BY-NC-SA-2.5": "http://creativecommons.org/licenses/by-nc-sa/2.5/ar/",
    "CC-BY-SA-3.0-DE": "//creativecommons.org/licenses/by-sa/3.0/de/legalcode",
    "CC-BY-SA-2.1-JP": "http://creativecommons.org/licenses/by-sa/2.1/jp/",
    "CC-BY-ND-1.0": f"{CC}licenses/by-nd/1.0",
    "CC-BY-NC-ND-3.0-IGO": f"{CC}licenses/by-nc-nd/3.0/igo/",
    "CC0-1.0": f"{CC}publicdomain/zero/1.0/",
    "CC-PDM-1.0": f"{CC}publicdomain/mark/1.0/deed.{{lang}}",
    "GFDL-1.3-or-later": "https://www.gnu.org/licenses/fdl-1.3.html",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}


@dataclass(frozen=True, slots=True)
class MadePage:
    """A page.

    Attributes:
        name: language and layout.
        html: as bytes in UTF-8.
        license: SPDX identifier, or None if a reader would find none of the page's own.
    """

    name: str
    html: bytes
    license: str | None


def _layouts(sentence: str, url: str) -> dict[str, tuple[str, str]]:
    """Layout -> what stands in head and body."""
    linked = json.dumps({"@type": ["Article"], "headline": "x", "license": url})
    graph = json.dumps(
        {"@graph": [{"@type": "WebPage", "license": {"@type": "CreativeWork", "url": url}}]}
    )
    return {
        "link": (f'<link href="{url}" rel="license">', ""),
        "meta": (f'<meta name="DCTERMS.license" content="{url}">', ""),
        "rights": (f'<META CONTENT="{url}" NAME="DC.rights">', ""),
        "json_ld": (f'<script type="application/ld+json">{linked}</script>', ""),
        "json_ld graph": ("", f'<script type="application/ld+json">{graph}</script>'),
        "rel": ("", f'<p>{sentence} <a rel="license noopener" href="{url}">x</a></p>'),
        "sentence": ("", f"<p>{sentence} <a class=x href='{url}'>x</a>.</p>"),
        "footer": ("", f"<footer><p>© 2020 <a href={url}><img alt=''></a></p></footer>"),
        "old footer": ("", f'<div id="footer"><div><a href="{url}">x</a></div></div>'),
        "area": ("", f'<map><area rel=license href="{url}"></map>'),
    }


def _others(sentence: str) -> dict[str, tuple[str, str]]:
    """Layout -> head and body of pages that have no licence of their own, or two."""
    by, sa = LICENSES["CC-BY-4.0"], f"{CC}licenses/by-sa/2.0/"
    image = json.dumps({"@type": "Article", "image": {"@type": "ImageObject", "license": by}})
    return {
        "none": ("", f"<p>{sentence}</p>"),
        "a picture": ("", f'<figure><img><figcaption>A. B., <a href="{sa}">x</a></figcaption>'),
        "a picture in JSON-LD": (f'<script type="application/ld+json">{image}</script>', ""),
        "a program": (
            "",
            '<footer>WordPress, <a href="https://www.gnu.org/licenses/gpl-2.0.html">',
        ),
        "a comment": (f'<!-- <link rel="license" href="{by}"> -->', ""),
        "a script": (f'<script>var x = \'<a rel="license" href="{by}">\';</script>', ""),
        "a comment of a script": (
            "<script>/* @license MIT http://opensource.org/licenses/MIT */",
            "",
        ),
        "its own terms": ('<link rel="license" href="/terms">', f'<a rel="license" href="/t">{by}'),
        "a list": ("", f'<footer><a href="{CC}licenses/">x</a></footer>'),
        "no version": ('<meta name="dc.rights" content="CC BY-SA">', ""),
        "two": (f'<link rel="license" href="{by}"><link rel="license" href="{sa}">', ""),
    }


def made_pages() -> Iterator[MadePage]:
    """Pages of every layout in every language, each with another licence than its neighbour."""
    names = list(LICENSES)
    for n, (lang, sentence) in enumerate(SENTENCES.items()):
        for k, layout in enumerate(_layouts(sentence, "")):
            name = names[(n * 7 + k) % len(names)]
            head, body = _layouts(sentence, LICENSES[name].format(lang=lang))[layout]
            yield MadePage(f"{lang} {layout}: {name}", _page(lang, head, body), name)
        for layout, (head, body) in _others(sentence).items():
            yield MadePage(f"{lang} {layout}", _page(lang, head, body), None)


def _page(lang: str, head: str, body: str) -> bytes:
    return (
        f'<!doctype html><html lang="{lang}"><head><title>x</title>{head}</head>'
        f"<body><div><p>{'text ' * 40}</p></div>{body}</body></html>"
    ).encode()
