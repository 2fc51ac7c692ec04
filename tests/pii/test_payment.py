"""Account and card numbers: whole, by their check digits, if they are asked for; else untouched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.pii import CARD_NUMBER, IBAN, KINDS, PHONE_NUMBER, find, mask
from curate.pii.payment import _IBAN_LENGTHS, accounts, card_numbers


def with_checksum(country: str, rest: str) -> str:
    """An IBAN with right check digits (ISO 7064, modulo 97)."""
    turned = int("".join(str(int(c, 36)) for c in f"{rest}{country}00"))
    return f"{country}{98 - turned % 97:02d}{rest}"


def with_luhn(digits: str) -> str:
    """A card number with a right last digit."""
    total = 0
    for i, digit in enumerate(reversed(digits)):
        n = int(digit) * (2 - i % 2)
        total += n - 9 if n > 9 else n
    return digits + str(-total % 10)


def in_fours(text: str, divider: str = " ") -> str:
    return divider.join(text[i : i + 4] for i in range(0, len(text), 4))


COUNTRIES = sorted(_IBAN_LENGTHS)
ACCOUNT = st.builds(
    lambda country, digits: with_checksum(country, digits[: _IBAN_LENGTHS[country] - 4]),
    st.sampled_from(COUNTRIES),
    st.text("123456789", min_size=30, max_size=30),
)


@given(ACCOUNT, st.sampled_from(["", " ", "-", "\u00a0"]))
def test_an_account_is_found_whole_or_not_at_all(account: str, divider: str) -> None:
    written = in_fours(account, divider)
    text = f"IBAN: {written}, BIC COBADEFFXXX, Tel. 030 1234567"
    assert [s.kind for s in find([text])[0]] == [PHONE_NUMBER]
    first, phone = find([text], KINDS)[0]
    assert (text[first.start : first.end], first.kind) == (written, IBAN)
    assert phone.kind == PHONE_NUMBER
    once, _ = mask(text, [first, phone])
    assert account[4:12] not in once.replace(divider or " ", "")
    assert find([once], KINDS) == [[]]


@given(ACCOUNT, st.integers(4, 12), st.integers(1, 9))
def test_an_account_with_a_wrong_digit_stays_whole(account: str, at: int, by: int) -> None:
    digit = str((int(account[at]) + by) % 10)
    written = in_fours(account[:at] + digit + account[at + 1 :])
    assert find([f"IBAN: {written}."], KINDS) == [[]]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("NL91 ABNA 0417 1643 00", ["NL91 ABNA 0417 1643 00"]),
        ("GB29NWBK60161331926819 COBADEFF", ["GB29NWBK60161331926819"]),
        ("MT84 MALT 0110 0001 2345 MTLC AST0 01S", ["MT84 MALT 0110 0001 2345 MTLC AST0 01S"]),
        ("FR14 2004 1010 0505 0001 3M02 606", ["FR14 2004 1010 0505 0001 3M02 606"]),
        ("DE 89 3704 0044 0532 0130 00", ["DE 89 3704 0044 0532 0130 00"]),
        ("DE٨٩ ٣٧٠٤ ٠٠٤٤ ٠٥٣٢ ٠١٣٠ ٠٠", ["DE٨٩ ٣٧٠٤ ٠٠٤٤ ٠٥٣٢ ٠١٣٠ ٠٠"]),
        ("DE89 3704 0044 0532 0130 0", []),
        ("ADE89 3704 0044 0532 0130 00", []),
        ("QQ89 3704 0044 0532 0130 00", []),
    ],
)
def test_accounts_of_some_countries(text: str, wanted: list[str]) -> None:
    spans = find([text], [IBAN])[0]
    assert [text[s.start : s.end] for s in spans] == wanted


@given(
    st.sampled_from(["4", "51", "2221", "34", "36", "6011", "62"]),
    st.text("0123456789", min_size=19, max_size=19),
    st.sampled_from(["", " ", "-"]),
)
def test_cards_are_found_if_they_are_asked_for(prefix: str, rest: str, divider: str) -> None:
    size = {"34": 15, "36": 14}.get(prefix, 16)
    card = with_luhn((prefix + rest)[: size - 1])
    groups = {15: (4, 6, 5), 14: (4, 6, 4), 16: (4, 4, 4, 4)}[size]
    parts, at = [], 0
    for n in groups:
        parts.append(card[at : at + n])
        at += n
    text = f"card {divider.join(parts)}, valid 12/27"
    assert find([text]) == [[]]
    (span,) = find([text], [CARD_NUMBER])[0]
    assert text[span.start : span.end] == divider.join(parts)
    assert find([mask(text, [span])[0]], KINDS) == [[]]
    wrong = card[:-1] + str((int(card[-1]) + 5) % 10)
    assert find([f"card {wrong}"], [CARD_NUMBER]) == [[]]


def test_test_cards_and_other_long_numbers_are_nobodys() -> None:
    for text in (
        "4111 1111 1111 1111",
        "0000 0000 0000 0000",
        "1234567890123452",
        "41111111 11111111",
    ):
        assert card_numbers(text, 0, len(text)) == []
    assert accounts("no account", 0, 10) == []
