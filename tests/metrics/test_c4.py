"""C4's line rules as metrics, by hand, in several scripts."""

from __future__ import annotations

import pytest

from tests.metrics.rows import one

C4 = """Cookies are used here. See our Cookie Policy.
JavaScript is required!
Two words.
No mark at the end of this
Wikipedia says so.[12] [edit]
This is "fine".[3]
Ein guter Satz. Und noch einer? Ja!
Lorem ipsum dolor sit amet.
if (a) { return b; } "Ja.'
And so on and so on...

यह एक वाक्य है।"""


def test_c4_rules_line_by_line() -> None:
    row = one(C4)
    n_lines = 12
    expected = {
        "c4_long_word_line_fraction": 0.0,
        "c4_unterminated_line_fraction": 4 / n_lines,  # 4, 10, 11 and 12 have no mark
        # and line 5 ends with a space once its citations are gone
        "datatrove_c4_unterminated_line_fraction": 5 / n_lines,
        "datatrove_c4_kept_line_fraction": 4 / n_lines,
        "c4_few_word_line_fraction": 2 / n_lines,  # the third and the empty one
        "c4_javascript_line_fraction": 1 / n_lines,
        "c4_policy_line_fraction": 1 / n_lines,
        "c4_kept_line_fraction": 5 / n_lines,
        "n_c4_sentences": 1 + 1 + 3 + 1 + 1,
        "n_lorem_ipsum_lines": 1,
        "n_curly_bracket_lines": 1,
        "n_long_lines": 0,
    }
    assert {name: row[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize(
    ("line", "n_sentences"),
    [
        ('Er sagte "Nein." Dann ging er.', 2),
        ("3.5 is e.g. a number.", 2),
        ("他来了。他走了！ 真的? yes.", 4),
        ("एक है। दो हैं। three four.", 3),
        ("What?! No. Really.", 3),
        ('No end mark but a quote "', 1),
    ],
)
def test_sentences_end_as_their_script_ends_them(line: str, n_sentences: int) -> None:
    assert one(line)["n_c4_sentences"] == n_sentences


def test_a_kelvin_sign_is_a_small_k_to_c4() -> None:
    row = one("This site \u212anows and uses coo\u212aies.")
    assert row["c4_policy_line_fraction"] == 1.0
