"""Pages that hang, starve or empty extractors; each has a form in which a real page did it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

THAI = "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ"


def many_paragraphs() -> str:
    """A log in 60,000 paragraphs; quadratic in the number of siblings for some."""
    return _page("".join(f"<p>{n} {THAI[:30]}</p>" for n in range(60_000)))


def many_spans() -> str:
    """A text of which a word processor marked each word: 100,000 spans in one paragraph."""
    return _page("<p>" + "<span>คำ </span>" * 100_000 + "</p>")


def many_links() -> str:
    """A site map of 20,000 links."""
    items = "".join(f"<li><a href=/{n}>หน้า {n}</a></li>" for n in range(20_000))
    return _page(f"<ul>{items}</ul>")


def deep_divisions() -> str:
    """Divisions that were never closed: 5,000 deep."""
    return _page("<div>" * 5_000 + f"<p>{THAI}</p>" * 20)


def very_deep_divisions() -> str:
    """What takes parsers that look back from each end tag minutes."""
    return _page("<div>" * 50_000 + f"<p>{THAI}</p>" * 20)


def entity_bomb() -> str:
    """A billion laughs: no parser of HTML may expand entities that a page defines."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    head = f"<?xml version='1.0'?><!DOCTYPE html [{entities}]>"
    return head + f"<html><body><article><p>&e9;</p>{f'<p>{THAI}</p>' * 20}</article></body></html>"


def open_angles() -> str:
    """A million characters that might each begin a tag."""
    return _page("<" * 1_000_000)


def one_long_attribute() -> str:
    """A picture in the page, as data."""
    return _page(f"<img src='data:image/png;base64,{'A' * 4_000_000}'>" + f"<p>{THAI}</p>" * 20)


def many_cells() -> str:
    """A spreadsheet: 200 columns and 200 rows."""
    row = "<tr>" + "<td>๑๒</td>" * 200 + "</tr>"
    return _page(f"<table>{row * 200}</table>")


PAGES: Mapping[str, Callable[[], str]] = {
    page.__name__: page
    for page in (
        many_paragraphs,
        many_spans,
        many_links,
        deep_divisions,
        very_deep_divisions,
        entity_bomb,
        open_angles,
        one_long_attribute,
        many_cells,
    )
}


def _page(body: str) -> str:
    return f"<html lang=th><head><title>{THAI}</title></head><body>{body}</body></html>"
