"""A hook of MkDocs: files that pages link to and that lie outside docs/ become part of the site."""

from __future__ import annotations

import os
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(os.path.abspath(__file__)).parents[1]  # noqa: PTH100 - as below
_LINK = re.compile(r"\]\((?!\w+:)([^)#\s]+)(#[^)\s]*)?\)")


def _normal(path: Path | str) -> Path:
    """A path without dots; links of the file system stay as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would leave a copy made of links


def _address(target: Path) -> str | None:
    """Where a file of the checkout lies in the site; None for a folder without a page.

    A folder's page is its README.
    """
    if target.is_dir():
        page = target / "README.md"
        return _address(page) if page.is_file() else None
    inside = target.relative_to(ROOT)
    if inside == Path("README.md"):
        return "index.md"
    if inside.parts[0] == "docs":
        return Path(*inside.parts[1:]).as_posix()
    return f"checkout/{inside.as_posix()}"


def _targets(place: Path, text: str) -> set[Path]:
    found = {_normal(place.parent / match[1]) for match in _LINK.finditer(text)}
    return {target for target in found if target.is_relative_to(ROOT) and target.is_file()}


def _mended(place: Path, here: str, text: str) -> str:
    """The text with links as the site needs them."""

    def mend(match: re.Match[str]) -> str:
        target = _normal(place.parent / match[1])
        address = _address(target) if target.exists() else None
        if address is None:
            return match[0]  # which the strict build then reports
        return f"]({'../' * here.count('/')}{address}{match[2] or ''})"

    return _LINK.sub(mend, text)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the README as the first page, and each file that some page links to."""
    waiting = {ROOT / "README.md", *(ROOT / "docs").rglob("*.md")}
    seen: set[Path] = set()
    while waiting:
        place = waiting.pop()
        seen.add(place)
        if place.suffix == ".md":
            waiting |= _targets(place, place.read_text(encoding="utf-8")) - seen
    for place in sorted(seen):
        address = _address(place)
        if address is not None and files.get_file_from_path(address) is None:
            files.append(File.generated(config, address, abs_src_path=str(place)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Gives a page's text with its links mended."""
    place = _normal(page.file.abs_src_path or "")
    return _mended(place, page.file.src_uri, markdown)
