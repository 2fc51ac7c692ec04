"""Personal data is found in every script, and numbers that are no phone numbers are left alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.pii import EMAIL, IP_ADDRESS, KINDS, PHONE_NUMBER, Span, find
from tests.pii.examples import CLEAN, HELD_OUT, MARKED, unmarked

UDHR = Path(__file__).parents[3] / "shared" / "data" / "udhr_paragraphs.json.gz"


def values(text: str) -> list[tuple[str, str]]:
    (spans,) = find([text])
    return [(span.kind, text[span.start : span.end]) for span in spans]


def test_what_is_marked_is_found() -> None:
    pairs = [unmarked(text) for _, text in MARKED]
    found = find([text for text, _ in pairs])
    wanted = {(i, span) for i, (_, spans) in enumerate(pairs) for span in spans}
    got = {(i, span) for i, spans in enumerate(found) for span in spans}
    assert not got - wanted
    # what is missing is known: no word and no shape says that these are phone numbers
    missing = {pairs[i][0][span.start : span.end] for i, span in wanted - got}
    assert missing == {"867-5309", "13912345678", "9876501234"}
    assert len({script for script, _ in MARKED}) >= 20


def test_most_of_what_was_written_later_is_found_and_nothing_else() -> None:
    pairs = [unmarked(text) for _, text in HELD_OUT]
    wanted = {(i, span) for i, (_, spans) in enumerate(pairs) for span in spans}
    found = find([text for text, _ in pairs])
    got = {(i, span) for i, spans in enumerate(found) for span in spans}
    assert not got - wanted
    assert len(got) > 0.8 * len(wanted)


@pytest.mark.parametrize("text", CLEAN)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert values(text) == []


@pytest.mark.shared
def test_nothing_is_found_in_the_declaration_of_human_rights() -> None:
    if not UDHR.exists():
        pytest.skip("the paragraphs are not beside this checkout")
    paragraphs = json.loads(gzip.decompress(UDHR.read_bytes()))
    texts = [text for found in paragraphs.values() for text in found]
    assert len(texts) > 10_000
    assert [text for text, spans in zip(texts, find(texts), strict=True) if spans] == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("mailto:a.b@debian.org?subject=x", [(EMAIL, "a.b@debian.org")]),
        (
            "<a.b@debian.org>, (c@d.de); 'e@f.fr'",
            [(EMAIL, x) for x in ("a.b@debian.org", "c@d.de", "e@f.fr")],
        ),
        ("end with a@b.org.", [(EMAIL, "a@b.org")]),
        ("请写信到abc@qq.com。", [(EMAIL, "abc@qq.com")]),
        ("พิมพ์somchai@ku.ac.thได้", [(EMAIL, "somchai@ku.ac.th")]),
        ("пишите: иван@почта.рф", [(EMAIL, "иван@почта.рф")]),
        ("x@" + "a" * 300 + ".com", []),
        ("a" * 70 + "@b.com", []),
        ("a..b@c.com .a@c.com", [(EMAIL, "a@c.com")]),
        ("写信abc＠qq．com", [(EMAIL, "abc＠qq．com")]),
    ],
)
def test_where_an_address_begins_and_ends(text: str, wanted: list[tuple[str, str]]) -> None:
    assert values(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dns 8.8.8.8", ["8.8.8.8"]),
        ("see 8.8.8.8", []),
        ("from 93.184.216.34:80", ["93.184.216.34"]),
        ("version 93.184.216.34", []),
        ("地址是93.184.216.34。", ["93.184.216.34"]),
        ("٩٣.١٨٤.٢١٦.٣٤", ["٩٣.١٨٤.٢١٦.٣٤"]),
        ("1.93.184.216.34", []),
        ("libfoo-93.184.216.34.so", []),
        ("foo_93.184.216.34-1_amd64", []),
        ("EC 93.184.216.34", []),
        ("not the version, the address: 93.184.216.34", ["93.184.216.34"]),
        ("Chrome 144.92.65.120", []),
        ("Oracle 19.18.22.10", []),
        ("Oracle at 19.18.22.10", ["19.18.22.10"]),
        ("a visitor, 93.184.216.34, came", ["93.184.216.34"]),
        ("(93.184.216.34)", ["93.184.216.34"]),
        ("93.184.216.34 - - [10/Oct/2000]", ["93.184.216.34"]),
        ("Chrome 144.2.65.120", []),
        ("Chrome 144.2.65.120:8080", ["144.2.65.120"]),
        ("[2606:2800:220:1:248:1893:25c8:1946]:443", ["2606:2800:220:1:248:1893:25c8:1946"]),
        ("at 2606:2800::1.", ["2606:2800::1"]),
        ("fe80::1 fd00::1 ::1 1::2", []),
        ("x2606:2800::1 2606:2800::1z", []),
        ("2606:2800::1::2", []),
    ],
)
def test_addresses_that_are_public(text: str, wanted: list[str]) -> None:
    assert values(text) == [(IP_ADDRESS, value) for value in wanted]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("+4930123456", ["+4930123456"]),
        ("(+49) 30 123456", ["+49) 30 123456"]),
        ("0049 30 123456", ["0049 30 123456"]),
        ("x+4930123456", []),
        ("+999 123 456 789", []),
        ("+44 20 7946", []),
        ("212-555-0123 and +1 (212) 555-0199", []),
        ("030 1234567 / 030 1234568", ["030 1234567", "030 1234568"]),
        ("Tel 123456, 2019", ["123456"]),
        ("Tel 12345", []),
        ("Fax 2019-2020", []),  # years, whatever is before them
        ("Fax: 2019-2020, 030 1234567", ["030 1234567"]),
        ("tel. 30 26 12 44 07", ["30 26 12 44 07"]),
        ("01 42 68 53 00 06 12 34 56 78", ["01 42 68 53 00", "06 12 34 56 78"]),
        ("01 42 68 53 00 12", []),
        ("12 01 42 68 53 00", []),
        ("08-123 456 78 and 08 123 456 78", ["08-123 456 78"]),
        ("Tel.: 030 1234567 EUR", []),
        ("phone order: order no. 030 1234567", []),
        ("Telefonnummer 030 1234567", ["030 1234567"]),
        ("Kundennummer 030 1234567", []),
        ("ISBN tel 0306406152", ["0306406152"]),
        ("tel. ISBN 0306406152", []),
        ("030 1234567%", []),
        ("$030 1234567", []),
    ],
)
def test_where_a_phone_number_begins_and_ends(text: str, wanted: list[str]) -> None:
    assert values(text) == [(PHONE_NUMBER, value) for value in wanted]


PIECES = st.sampled_from(
    ["+49 30 1234567", "a@b.org", "8.8.8.8", "dns ", "tel ", " ", "\n", "٠١٢٣٤٥٦٧٨٩", "/", "-",
     "1", "0", "𞤀", "ไ", "你", "(", ")", "@", ".", ":", "::", "2606:2800::1", "x",
     "212-567-3456", "é"]
)  # fmt: skip
MESSY = st.lists(PIECES, max_size=14).map("".join)


@settings(deadline=None)
@given(st.one_of(st.text(), MESSY))
def test_spans_rise_and_lie_inside(text: str) -> None:
    (spans,) = find([text])
    ends = [0]
    for span in spans:
        assert ends[-1] <= span.start < span.end <= len(text)
        assert span.kind in KINDS
        ends.append(span.end)


@settings(deadline=None)
@given(st.lists(MESSY, max_size=5))
def test_a_text_alone_gives_what_it_gives_among_others(texts: list[str]) -> None:
    assert find(texts) == [find([text])[0] for text in texts]


def test_no_text_has_none() -> None:
    assert find([None, "", "a@b.org"]) == [[], [], [Span(0, 7, EMAIL)]]


def test_a_long_run_of_digits_is_cut_without_a_false_end() -> None:
    assert values("0123 " * 400) == []
    assert values("7" * 5000) == []


def test_a_word_that_ends_as_one_for_a_version_far_before_an_address_is_read() -> None:
    text = f"conversion {'a' * 15} 81.2.69.142"
    assert list(find([text], ("ip_address",))) in ([[]], [[Span(28, 39, "ip_address")]])
