"""Masks depend on the value alone, are never found again, and keep the text around them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from curate.pii import EMAIL, IP_ADDRESS, PHONE_NUMBER, Span, find, mask
from curate.pii.mask import replacement
from tests.pii.examples import MARKED, unmarked
from tests.pii.test_find import MESSY


def masked(text: str) -> tuple[str, list[Span]]:
    return mask(text, find([text])[0])


@pytest.mark.parametrize("text", [unmarked(text)[0] for _, text in MARKED])
def test_masking_twice_changes_nothing(text: str) -> None:
    once, _ = masked(text)
    assert masked(once) == (once, [])


@settings(deadline=None)
@given(MESSY)
def test_masking_messy_text_twice_changes_nothing_of_its_kind(text: str) -> None:
    once, placed = masked(text)
    again = find([once])[0]
    assert not {(s.start, s.end) for s in again} & {(s.start, s.end) for s in placed}


@settings(deadline=None)
@given(MESSY)
def test_the_text_around_stays(text: str) -> None:
    spans = find([text])[0]
    once, placed = mask(text, spans)
    assert len(placed) == len(spans)
    outside, rest, at = [], [], 0
    for span in spans:
        outside.append(text[at : span.start])
        at = span.end
    outside.append(text[at:])
    at = 0
    for span in placed:
        rest.append(once[at : span.start])
        at = span.end
    rest.append(once[at:])
    assert rest == outside


def test_a_value_has_one_mask_in_every_document_and_order() -> None:
    first, second = "jane@debian.org", "+49 30 1234567"
    one, _ = masked(f"{first} {second} {first}")
    other, _ = masked(f"{second} x {first}")
    words = one.split(" ")
    assert words[0] == words[2] == other.split(" ")[2]
    assert words[1] == other.split(" ")[0]


def test_spelling_of_a_number_does_not_matter() -> None:
    assert replacement("030/12 34", PHONE_NUMBER) == replacement("030 1234", PHONE_NUMBER)
    assert replacement("Jane@Debian.org", EMAIL) == replacement("jane@debian.ORG", EMAIL)


@pytest.mark.parametrize(
    ("value", "kind", "wanted"),
    [
        ("jane@debian.org", EMAIL, "firstname.lastname@example.org"),
        ("93.184.216.34", IP_ADDRESS, "198.51.100.174"),
        ("2606:2800::1", IP_ADDRESS, "2001:db8::393e"),
        ("+49 30 1234567", PHONE_NUMBER, "+1-202-555-0182"),
        ("٠١٢٣٤٥٦٧٨٩", PHONE_NUMBER, "+١-٢٠٢-٥٥٥-٠١٣١"),
    ],
)
def test_masks_stay_what_they_are(value: str, kind: str, wanted: str) -> None:
    assert replacement(value, kind) == wanted


def test_spans_of_the_masked_text_are_the_masks() -> None:
    text, placed = masked("𞤀 a@b.org 𞤀 dns 8.8.8.8")
    assert text[: placed[0].end].endswith(("example.com", "example.org"))
    assert text[placed[1].start :].startswith(("192.0.2.", "198.51.100.", "203.0.113."))
