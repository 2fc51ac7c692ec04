"""Licences: addresses and names, and pages in 20 languages that declare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.robots.license_names import IDENTIFIERS, license_of_name, license_of_url
from curate.robots.licenses import page_license
from tests.robots.license_pages import LICENSES, MadePage, made_pages

CC = "https://creativecommons.org/"
URLS = {
    f"{CC}licenses/by/4.0/": "CC-BY-4.0",
    "http://www.creativecommons.org/licenses/BY-NC-SA/3.0/US/": "CC-BY-NC-SA-3.0",
    f"{CC}licenses/by/3.0/us/deed.es": "CC-BY-3.0-US",
    f"{CC}licenses/by/3.0/deed.de": "CC-BY-3.0",
    f"{CC}licenses/by-nc-nd/2.1/jp/": "CC-BY-NC-ND-2.0",
    f"{CC}licenses/by-sa/2.0/uk/": "CC-BY-SA-2.0-UK",
    f"{CC}licenses/nc-sa/1.0/": None,
    f"{CC}licenses/sampling+/1.0/": None,
    f"{CC}licenses/sa/1.0/": "CC-SA-1.0",
    f"{CC}licenses/by-nd-nc/1.0/": "CC-BY-NC-ND-1.0",
    f"{CC}licenses/publicdomain/": "CC-PDDC",
    f"{CC}publicdomain/zero/1.0/deed.fr": "CC0-1.0",
    f"{CC}publicdomain/mark/1.0/": "CC-PDM-1.0",
    f"{CC}licenses/": None,
    f"{CC}licenses/by/9.0/": None,
    "https://www.gnu.org/copyleft/fdl.html": "GFDL-1.3-or-later",
    "http://www.gnu.org/licenses/old-licenses/fdl-1.2.html": "GFDL-1.2-or-later",
    "https://opendatacommons.org/licenses/by/1-0/": "ODC-By-1.0",
    "http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/": "OGL-UK-3.0",
    "https://www.govdata.de/dl-de/by-2-0": "DL-DE-BY-2.0",
    "https://opensource.org/licenses/MIT": "MIT",
    "https://opensource.org/license/mit/": "MIT",
    "https://spdx.org/licenses/CC-BY-4.0.html": "CC-BY-4.0",
    "http://www.apache.org/licenses/LICENSE-2.0": "Apache-2.0",
    "https://www.gnu.org/licenses/gpl-3.0.html": "GPL-3.0-only",
    "/license": None,
    "": None,
}
NAMES = {
    "CC BY 4.0": "CC-BY-4.0",
    "cc-by-nc-sa-3.0": "CC-BY-NC-SA-3.0",
    "Creative Commons BY-SA 4.0 International": "CC-BY-SA-4.0",
    "CC BY-SA 3.0 DE": "CC-BY-SA-3.0-DE",
    "CC0": "CC0-1.0",
    "CC0 1.0 Universal": "CC0-1.0",
    "MIT": "MIT",
    "CC BY": None,
    "All rights reserved": None,
    "CC BY-ND-SA 4.0": None,
}


@pytest.mark.parametrize(("url", "name"), URLS.items(), ids=list(URLS))
def test_an_address(url: str, name: str | None) -> None:
    known = license_of_url(url)
    assert (known[0] if known else None) == name


@pytest.mark.parametrize(("text", "name"), NAMES.items(), ids=list(NAMES))
def test_a_short_name(text: str, name: str | None) -> None:
    assert license_of_name(text) == name


@pytest.mark.parametrize("name", sorted(IDENTIFIERS.values()))
def test_every_identifier_is_its_own_name(name: str) -> None:
    assert license_of_name(name) == name
    assert name == "".join(name.split())


MADE = list(made_pages())


def test_there_are_enough_pages() -> None:
    assert sum(page.license is not None for page in MADE) >= 200
    assert {page.license for page in MADE} == {*LICENSES, None}


@pytest.mark.parametrize("page", MADE, ids=lambda page: page.name)
def test_a_made_page(page: MadePage) -> None:
    assert page_license(page.html).license == page.license


def test_where_it_stands_is_told() -> None:
    places = {page_license(page.html).where for page in MADE}
    assert places == {
        None,
        *("link:head", "meta:head", "json_ld:head", "json_ld:body"),
        *("anchor:body", "anchor:footer"),
    }
    two = next(page for page in MADE if page.name == "en two")
    assert page_license(two.html).conflict is True
    assert not any(page_license(page.html).conflict for page in MADE if " two" not in page.name)


def test_what_is_declared_counts_more_than_what_is_linked() -> None:
    link = f'<link rel="license" href="{CC}licenses/by/4.0/">'
    footer = f'<footer><a href="{CC}licenses/by-sa/3.0/">x</a></footer>'
    told = page_license(f"<html><head>{link}</head><body>{footer}".encode())
    assert (told.license, told.conflict) == ("CC-BY-4.0", False)


@given(st.binary(max_size=300), st.sampled_from([page.html for page in MADE]))
def test_any_page_is_read(noise: bytes, page: bytes) -> None:
    at = len(noise) * 7 % len(page)
    told = page_license(page[:at] + noise + page[at:])
    assert told.license is None or IDENTIFIERS[told.license.lower()] == told.license


@pytest.mark.parametrize(
    "part",
    [
        b'<a rel="license" href="',
        b"<div class=footer>",
        b'"license"',
        b"<meta name=license",
        b"<!--",
    ],
)
def test_a_hostile_page_is_read_in_one_pass(part: bytes) -> None:
    page_license(b'<a rel="license">' + part * (1_000_000 // len(part)))
