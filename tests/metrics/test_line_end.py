"""A line ends with its last visible sign, in every script."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.config.builtin import builtin_folder
from curate.config.language import LanguageConfigs
from curate.metrics.line_end import CLOSING, Role, roles
from curate.metrics.measure import measure

CLOSED = {
    "curly quotes": "“{}”",
    "straight quotes": '"{}"',
    "single quotes": "‘{}’",
    "guillemets": "«{}»",
    "guillemets inward": "»{}«",
    "low quotes": "„{}“",
    "corner brackets": "「{}」",
    "brackets": "({})",
    "note": "{}[1]",
    "superscript": "{}¹²",
    "pilcrow": "{} ¶",
    "emoji": "{} 👩🏽\u200d🚀",
    "blank": "{} ",
    "no-break space": "{}\u00a0",
    "zero width space": "{}\u200b",
    "direction mark": "{}\u200f",
    "byte order mark": "{}\ufeff",
    "joiner": "{}\u200d",
}

SENTENCES = {
    "eng_Latn": ["Every page has a sentence.", "Is this one?", "No end here"],
    "heb_Hebr": ["לכל עמוד יש משפט.", "האם זה אחד?", "אין כאן סוף"],
    "arb_Arab": ["لكل صفحة جملة.", "هل هذه واحدة؟", "لا نهاية هنا"],
    "hin_Deva": ["हर पृष्ठ पर एक वाक्य है।", "क्या यह एक है?", "यहाँ अंत नहीं"],
    "cmn_Hani": ["每一页都有一个句子。", "这是一个吗？", "这里没有结尾"],
    "jpn_Jpan": ["どのページにも文があります。", "これは一つですか？", "ここに終わりはない"],
    "hye_Armn": ["Ամեն էջ ունի նախադասություն։", "Սա մեկն է։", "Այստեղ վերջ չկա"],
    "amh_Ethi": ["እያንዳንዱ ገጽ ዓረፍተ ነገር አለው።", "ይህ አንድ ነው፧", "እዚህ መጨረሻ የለም"],
    "ell_Grek": ["Κάθε σελίδα έχει μια πρόταση.", "Είναι αυτή μία;", "Εδώ δεν τελειώνει"],
    "ful_Adlm": ["𞤀𞤣𞤤𞤢𞤥 𞤫.", "𞤀𞤣𞤤𞤢𞤥؟", "𞤀𞤣𞤤𞤢𞤥"],
}


def metric(text: str, name: str = "terminal_punct_line_fraction") -> float | None:
    value: float | None = measure([text], ["und_Zyyy"], {})[name].to_pylist()[0]
    return value


@pytest.mark.parametrize("closed", CLOSED.values(), ids=CLOSED.keys())
@pytest.mark.parametrize("label", SENTENCES)
def test_what_stands_behind_the_full_stop_changes_nothing(label: str, closed: str) -> None:
    assert metric("\n".join(closed.format(line) for line in SENTENCES[label])) == 2 / 3


FINISHED = [
    *("a b.[1][2], [3]", "a b.[citation needed]", "a b. [12]", "a b.(1)", "a b.①", "a b.¹,²"),
    *("a b.†", "a b.**", "a b. ™", "a b.\ue000", "a b. 1️⃣", "a b. 🇫🇷", "a b. ❤️", "a b. :-)"),
    *("[a b.]", "a b. [...]", "a b. [a b.]", "a b!?”)", "a b (c.).", "a b.''", "a b.\u2060"),
    *("यह एक है|", "यह एक है ||", "यह एक है | और यह दूसरा है |", "এটি একটি বাক্য ৷", "यह एक है|”"),
    *("ሰላም ነው::", "ሰላም ነው፡፡", "ሰላም ነው፡ ፡", "ሰላም ነው፡፡”", "Սա այստեղ է:", "Τι κάνεις;"),
    *("[यह एक है|]", "[यह एक है ||]", "[ሰላም ነው::]", "[Սա այստեղ է:]", "[Τι κάνεις;]", "【ሰላም ነው፡፡】"),
    *("[a b. ]", "[ a b. ]", "[“a b.”]", "[यह एक है| ]"),
    *("a b. <3", "a b. :D", "a b! ;-P", "a b. =3", "यह एक है। :p", "ሰላም ነው:: :D"),
    *("བོད་ཡིག །", "שלום עולם׃", "שלום עולם.״", "そう。(笑)", "什么。（注1）"),
]
UNFINISHED = [
    *("a b", "a b,”", "a b, [3]", "a b:", "a b;", "a b)", "a b|", "mc²", "History[edit]"),
    *(
        "a b…",
        "a (b)",
        "1",
        "“”",
        "😀",
        "(a b: c)",
        'x."y',
        "a b —",
        "a b, ¹",
        "诸国、」",
        "a b: :)",
        "(",
        "a.b",
    ),
    *(
        "a b :D",
        "a:D",
        "a b 3",
        "a b. 3",
        "a b. D",
        "1 <3",
        "[होम | समाचार |]",
        "[a b:]",
        "a b [c;]",
    ),
    *("होम | समाचार |", "| नाम | पता |", "ሰላም ነው:", "ሰላም ነው፡", "यह एक है:", "Это здесь:", "a b: :)"),
]


@pytest.mark.parametrize("line", FINISHED)
def test_finished(line: str) -> None:
    assert metric(line) == 1.0


@pytest.mark.parametrize("line", UNFINISHED)
def test_unfinished(line: str) -> None:
    assert metric(line) == 0.0


def test_a_line_with_nothing_to_see_is_no_line() -> None:
    assert metric("a b.\n\u200f\n\ufeff \n") == 1.0
    assert metric("\u200b") is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("「続きを読む…」", "ellipsis_line_fraction"),
        ("Leia mais...” \u200b", "ellipsis_line_fraction"),
        ("还有。。。", "ellipsis_line_fraction"),
        ("[…]", "ellipsis_line_fraction"),
        ("\u200f• תפוח", "bullet_line_fraction"),
        ("\ufeff - pomme", "bullet_line_fraction"),
    ],
)
def test_other_rules_that_look_at_one_sign(line: str, name: str) -> None:
    assert metric(line, name) == 1.0
    assert metric(line, f"fineweb2_{name}") == 0.0


@pytest.mark.parametrize("closed", CLOSED.values(), ids=CLOSED.keys())
def test_c4_keeps_a_line_by_its_last_visible_sign(closed: str) -> None:
    lines = ["This is a line.", "And this is none", "Neither is that..."]
    text = "\n".join(closed.format(line) for line in lines)
    found = metric(text, "c4_unterminated_line_fraction")
    # C4 takes any line that a quotation mark ends, finished or not.
    is_quoted = closed[-1] in '”"’»«“」'
    assert found == (1 / 3 if is_quoted else 2 / 3)


def test_fineweb2_looks_at_the_last_code_point() -> None:
    text = "a b.\na b.”\na b. "
    assert metric(text, "fineweb2_terminal_punct_line_fraction") == 1 / 3
    assert metric(text) == 1.0


def test_every_closing_sign_of_unicode_is_known() -> None:
    every = (chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    closing = {sign for sign in every if regex.fullmatch(r"[\p{Pe}\p{Pf}\p{Pi}]", sign)}
    assert closing == set(CLOSING)
    table = roles()
    assert {table[ord(sign)] for sign in closing} <= {
        Role.PASSED,
        Role.QUOTE,
        Role.BRACKET,
        Role.NOTE,
    }


TAILS = st.text("”»\"')]} \u00a0\u200b\u200f\ufeff\ufe0f😀¶¹*.!…|:;፡[1(", max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["", "a", "कि", "ሰላ", "是", "𞤀𞤣"]), TAILS)
def test_white_space_and_invisible_signs_never_matter(body: str, tail: str) -> None:
    for hidden in (" ", "\u00a0", "\u200b", "\u200f", "\ufeff"):
        assert metric(body + tail + hidden) == metric(body + tail)
        shown = "ellipsis_line_fraction"
        assert metric(body + tail + "x" + hidden, shown) == metric(body + tail + "x", shown)


DECLARATIONS = Path(__file__).parents[3] / "shared" / "data" / "udhr_paragraphs.json.gz"


@pytest.mark.shared
@pytest.mark.skipif(
    not DECLARATIONS.exists(), reason="needs ../shared/data/udhr_paragraphs.json.gz"
)
def test_of_the_declaration_in_every_language() -> None:
    configs = LanguageConfigs.load(builtin_folder("language_configs"))
    texts: dict[str, list[str]] = json.loads(gzip.decompress(DECLARATIONS.read_bytes()))
    checked, wrong = 0, []
    for label, paragraphs in texts.items():
        if configs.for_label(label).threshold("terminal_punct_line_fraction") is None:
            continue
        plain = metric("\n".join(paragraphs))
        assert plain is not None
        checked += 1
        for how, closed in CLOSED.items():
            found = metric("\n".join(closed.format(line) for line in paragraphs))
            assert found is not None
            if abs(found - plain) > 0.02:
                wrong.append((label, how, plain, found))
    assert checked > 100
    assert not wrong, wrong[:20]
