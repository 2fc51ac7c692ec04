"""Pages made of known text, in many scripts: articles, forums, products, and pages of nothing.

The texts are translations of the Universal Declaration of Human Rights. Labels, messages and names
are pieces of the same text, so that a page is all in one language. The layouts of
``tests/benchmarks/extraction_pages.py`` are other ones: they are for measuring.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from html import escape
from pathlib import Path
from random import Random
from typing import Final

from jobs.extractor_data import MADE, Example, example_of
from jobs.extractor_layouts import LAYOUTS as MORE_LAYOUTS
from jobs.extractor_layouts import Sheet, consented
from jobs.extractor_maker import Maker, cut

PAGES_VERSION: Final = "2"

AS_TAGGED: Final = {
    **{"eng_Latn": "en", "fra_Latn": "fr", "vie_Latn": "vi", "tur_Latn": "tr", "rus_Cyrl": "ru"},
    **{"kaz_Cyrl": "kk", "ell_Grek": "el", "arb_Arab": "ar", "pes_Arab": "fa", "heb_Hebr": "he"},
    **{"amh_Ethi": "am", "hin_Deva": "hi", "ben_Beng": "bn", "tel_Telu": "te", "tha_Thai": "th"},
    **{"khm_Khmr": "km", "lao_Laoo": "lo", "mya_Mymr": "my", "bod_Tibt": "bo", "cmn_Hans": "zh"},
    **{"jpn_Jpan": "ja", "kor_Hang": "ko"},
}
"""Languages that pages are made in, and how sets of real pages tag them."""

LANGUAGES: Final = tuple(AS_TAGGED)


def _article(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    texts = maker.paragraphs[: rng.randint(4, 16)]
    title = maker.sentence(60)
    lines = [title, *texts]
    form = rng.randrange(4)
    if form == 0:
        body = "".join(f"<p>{escape(text)}</p>" for text in texts)
    elif form == 1:
        body = "<br><br>".join(map(escape, texts))
    elif form == 2:
        body = "".join(f"<{maker.tag}>{escape(text)}</{maker.tag}>" for text in texts)
    else:
        half = len(texts) // 2
        between = maker.label()
        lines = [title, *texts[:half], between, *texts[half:]]
        first, second = (
            "".join(f"<p>{escape(t)}</p>" for t in part) for part in (texts[:half], texts[half:])
        )
        body = f"{first}<h2>{escape(between)}</h2>{second}"
    if rng.random() < 0.5:
        body += maker.box("share social tags", f"{maker.menu(4)}")
    parts = [f"<h1>{escape(title)}</h1><div {maker.name('content body entry post')}>{body}</div>"]
    if rng.random() < 0.5:
        comments = "".join(
            f"<li><b>{escape(maker.label())}</b><p>{escape(maker.letter(200))}</p>"
            f"<button>{escape(maker.label(8))}</button></li>"
            for _ in range(rng.randint(2, 7))
        )
        parts.append(
            f'<div class="comments"><h3>{escape(maker.label())}</h3><ul>{comments}</ul></div>'
        )
    parts.insert(rng.choice((0, len(parts))), maker.teasers())
    tag = rng.choice(("main", "article", "div"))
    return f"<{tag}>{''.join(parts)}</{tag}>", "\n".join(lines)


def _forum(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    title = maker.sentence(60)
    posts = [cut(text, rng.randint(30, 500)) for text in maker.paragraphs[: rng.randint(4, 14)]]
    items = "".join(
        f"<div {maker.name('post message reply')}><div {maker.name('author user profile')}>"
        f"{maker.link(maker.label(9))}<br>{rng.randint(1, 9999)}</div>"
        f"<div {maker.name('text body message')}>{escape(post)}</div>"
        f"<div>{maker.link(maker.label(8))} {maker.link(maker.label(8))}</div></div>"
        for post in posts
    )
    return f"<div><h1>{escape(title)}</h1>{items}</div>{maker.menu(6)}", "\n".join((title, *posts))


def _product(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    title = maker.sentence(40)
    texts = maker.paragraphs[: rng.randint(1, 4)]
    facts = [(maker.label(), maker.label()) for _ in range(rng.randint(3, 9))]
    table = "".join(f"<tr><th>{escape(a)}</th><td>{escape(b)}</td></tr>" for a, b in facts)
    buy = maker.box(
        "price buy cart", f"€ {rng.randint(5, 900)},00 <button>{escape(maker.label())}</button>"
    )
    others = "".join(
        maker.box(
            "card item product",
            f"<img src=a.jpg>{maker.link(maker.sentence(40))}<span>€ {rng.randint(5, 90)}</span>",
        )
        for _ in range(rng.randint(4, 12))
    )
    body = "".join(f"<p>{escape(text)}</p>" for text in texts)
    described = maker.box("description details", body)
    html = (
        f"<div><h1>{escape(title)}</h1><img src=b.jpg>{buy}{described}<table>{table}</table></div>"
        f"<div>{others}</div>"
    )
    return html, "\n".join((title, *texts, *(f"{a}\n{b}" for a, b in facts)))


def _plain(maker: Maker) -> tuple[str, str]:
    """A text and nothing else: no menu, hardly a name; perhaps a few words only."""
    rng = maker.rng
    texts = [
        cut(text, rng.choice((60, 150, 600))) for text in maker.paragraphs[: rng.randint(1, 7)]
    ]
    form = rng.randrange(5)
    if form == 0:
        verses = [cut(text, 40) for text in maker.paragraphs[: rng.randint(6, 16)]]
        texts, body = verses, "<br>".join(map(escape, verses))
    elif form == 1:
        body = "".join(f"<li>{escape(text)}</li>" for text in texts)
        body = f"<ul>{body}</ul>"
    elif form == 2:
        body = "<br><br>".join(map(escape, texts))
    else:
        body = "".join(f"<p>{escape(text)}</p>\n" for text in texts)
    lines = list(texts)
    if rng.random() < 0.5:
        title = maker.sentence(40)
        body, lines = f"<h1>{escape(title)}</h1>{body}", [title, *texts]
    tag = rng.choice(("", "article", "main", "div"))
    return f"<{tag}>{body}</{tag}>" if tag else body, "\n".join(lines)


def _error(maker: Maker) -> tuple[str, str]:
    rng = maker.rng
    code = rng.choice(("404", "403", "500", "503", "410", ""))
    texts = "".join(
        f"<p>{escape(maker.sentence(rng.randint(30, 160)))}</p>" for _ in range(rng.randint(1, 3))
    )
    return (
        maker.box(
            "error not-found page-404",
            f"<h1>{code} {escape(maker.label(25))}</h1>{texts}{maker.link(maker.label())}",
            maker.tag,
        ),
        "",
    )


def _parked(maker: Maker) -> tuple[str, str]:
    items = "".join(
        f"<li>{maker.link(maker.sentence(40))}</li>" for _ in range(maker.rng.randint(4, 14))
    )
    domain = f"{maker.rng.choice(('alfa', 'nova', 'shop'))}{maker.rng.randint(1, 99)}.example"
    return (
        f"<h1>{domain}</h1><p>{escape(maker.sentence(120))}</p><ul>{items}</ul><p>{maker.link(maker.sentence(50))}</p>",
        "",
    )


def _no_results(maker: Maker) -> tuple[str, str]:
    box = f"<form><input name=q value='x'><button>{escape(maker.label(9))}</button></form>"
    filters = "".join(
        f"<label><input type=checkbox>{escape(maker.label())} ({maker.rng.randint(0, 90)})</label>"
        for _ in range(maker.rng.randint(3, 15))
    )
    return (
        f"{box}<h2>{escape(maker.sentence(50))}: 0</h2><p>{escape(maker.sentence(100))}</p>"
        + maker.box("filter facet", filters),
        "",
    )


def _wall(maker: Maker) -> tuple[str, str]:
    """A login, a consent, or a check that one is human, in place of the page."""
    rng = maker.rng
    fields = "".join(
        f"<label>{escape(maker.label())}<input></label>" for _ in range(rng.randint(0, 4))
    )
    texts = "".join(
        f"<p>{escape(maker.sentence(rng.randint(60, 260)))}</p>" for _ in range(rng.randint(1, 4))
    )
    return (
        maker.box(
            "login consent modal dialog",
            f"<h2>{escape(maker.label(25))}</h2>{texts}<form>{fields}<button>{escape(maker.label())}</button></form>",
        ),
        "",
    )


def _menus(maker: Maker) -> tuple[str, str]:
    parts = [
        f"<h3>{escape(maker.label())}</h3>{maker.menu(maker.rng.randint(5, 25))}"
        for _ in range(maker.rng.randint(2, 7))
    ]
    return "".join(f"<div>{part}</div>" for part in parts), ""


def _cards(maker: Maker) -> tuple[str, str]:
    """Pictures with links and prices, and no text."""
    cards = "".join(
        maker.box(
            "card tile item",
            f"<img src=a.jpg>{maker.link(maker.sentence(50))}"
            f"<span>{maker.rng.randint(1, 900)}</span>",
        )
        for _ in range(maker.rng.randint(6, 40))
    )
    return f"<h1>{escape(maker.label())}</h1>{cards}", ""


_LAYOUTS: Final[tuple[tuple[str, Callable[[Maker], tuple[str, str]], int], ...]] = (
    ("article", _article, 4),
    ("", _plain, 6),
    ("forum", _forum, 1),
    ("product", _product, 1),
    ("", _error, 2),
    ("", _parked, 1),
    ("", _no_results, 1),
    ("", _wall, 2),
    ("", _menus, 1),
    ("", _cards, 1),
)


def made_rows(path: Path, languages: Sequence[str] = LANGUAGES) -> Iterator[dict[str, object]]:
    """The pages as lines of a file of gold would hold them.

    Args:
        path: gzipped JSON: paragraphs by language.
        languages: those to make pages in, if the file has them.
    """
    texts = json.loads(gzip.decompress(path.read_bytes()))
    for language in languages:
        if language not in texts:
            continue
        for number, (kind, layout, count) in enumerate(_LAYOUTS):
            for copy in range(count):
                name = f"{MADE}-{language}-{number}-{copy}"
                maker = Maker(texts[language], Random(name))
                body, gold = layout(maker)
                title = gold.partition("\n")[0] or maker.label(30)
                full = layout is not _plain and (maker.rng.random() < 0.85 or bool(gold))
                row = _row(maker, name, language, kind, (title, "", body, full))
                yield row | {"has_content": bool(gold), "gold": gold}
        for kind, write, count in MORE_LAYOUTS:
            for copy in range(count):
                name = f"{MADE}-{language}-{write.__name__.strip('_')}-{copy}"
                sheet = Sheet(Maker(texts[language], Random(name)))
                write(sheet)
                title = sheet.labels[0][0]
                full = write is not consented
                row = _row(
                    sheet.maker,
                    name,
                    language,
                    kind,
                    (title, sheet.head, "".join(sheet.html), full),
                )
                blocks = [{"text": text, "y": y} for text, y in sheet.labels]
                yield row | {"has_content": any(y == 1 for _, y in sheet.labels), "blocks": blocks}


def _row(
    maker: Maker, name: str, language: str, kind: str, parts: tuple[str, str, str, bool]
) -> dict[str, object]:
    """A line without what is known of its text.

    Args:
        maker: of the page.
        name: of the page.
        language: of its text.
        kind: of page.
        parts: title, what else its head holds, its body, and whether menus stand around that.
    """
    title, head, body, is_full = parts
    around = (maker.head(title), maker.foot()) if is_full else ("", "")
    return {
        "id": name,
        "source": MADE,
        "language": language,
        "site": f"{MADE}-{language}",
        "page_type": kind,
        "html": f"<!doctype html><html><head><meta charset=utf-8><title>{escape(title)}</title>"
        f"{head}</head><body>{around[0]}{body}{around[1]}</body></html>",
    }


def make_pages(path: Path, languages: Sequence[str] = LANGUAGES) -> list[Example]:
    """The pages as examples."""
    made = (example_of(row) for row in made_rows(path, languages))
    return [example for example in made if example is not None]
