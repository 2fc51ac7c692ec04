"""The language that a page declares in its head, read with bounded patterns and no parser."""

from __future__ import annotations

import re

_HEAD_CHARS = 8192
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HTML_TAG = re.compile(r"<html(?=[\s/])([^>]{0,2048})", re.IGNORECASE)
_META_TAG = re.compile(r"<meta(?=[\s/])([^>]{0,2048})", re.IGNORECASE)
_LANG = re.compile(r"(?:^|[\s\"'/])(?:xml:)?lang\s*=\s*[\"']?\s*([\w-]{1,64})", re.IGNORECASE)
_LANGUAGE_EQUIV = re.compile(r"http-equiv\s*=\s*[\"']?\s*content-language\b", re.IGNORECASE)
_CONTENT = re.compile(r"(?:^|[\s\"'/])content\s*=\s*[\"']?\s*([\w-]{1,64})", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,7}")
_NOT_A_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})


def html_lang(html: str) -> str | None:
    """The language the page declares: ``<html lang>``, ``xml:lang``, or ``content-language``.

    Returns:
        A tag of BCP 47 form with ``-`` between its parts, such as ``pt-BR``, in the page's
        letter case; None if the first 8,192 characters declare none.
    """
    head = _COMMENT.sub("", html[:_HEAD_CHARS])
    tag = _HTML_TAG.search(head)
    if tag and (language := _first_tag(_LANG, tag[1])):
        return language
    for meta in _META_TAG.finditer(head):
        if _LANGUAGE_EQUIV.search(meta[1]) and (language := _first_tag(_CONTENT, meta[1])):
            return language
    return None


def _first_tag(pattern: re.Pattern[str], attributes: str) -> str | None:
    for match in pattern.finditer(attributes):
        tag = match[1].replace("_", "-")  # en_US is a locale name, and common
        if _TAG.fullmatch(tag) and tag.lower() not in _NOT_A_LANGUAGE:
            return tag
    return None
