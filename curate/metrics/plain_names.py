"""Metrics by plain names and in a sentence, for people who know a language and not the code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Plain(NamedTuple):
    """A metric for a reader.

    Attributes:
        name: a few words.
        sentence: what a high or a low value means.
    """

    name: str
    sentence: str


FAMILY: Final = tuple(
    [f"top_{n}gram_char_fraction" for n in range(2, 5)]
    + [f"dup_{n}gram_char_fraction" for n in range(5, 11)]
)
"""Metrics of phrases that come again: one question asked of phrases of each length."""


def _phrases() -> dict[str, Plain]:
    top = {
        f"top_{n}gram_char_fraction": Plain(
            f"share of the most frequent {n}-word phrase",
            f"How much of the text is one phrase of {n} words, said again and again.",
        )
        for n in range(2, 5)
    }
    repeated = {
        f"dup_{n}gram_char_fraction": Plain(
            f"share of text that repeats {n}-word phrases",
            f"How much of the text stands in phrases of {n} words that were there before.",
        )
        for n in range(5, 11)
    }
    return {**top, **repeated}


_C4 = {
    "c4_long_word_line_fraction": Plain(
        "lines with a giant word", "Lines in which a word has more than 1,000 characters."
    ),
    "c4_unterminated_line_fraction": Plain(
        "lines that do not end (C4)",
        "Lines that C4 drops, since they end like no English sentence.",
    ),
    "c4_few_word_line_fraction": Plain(
        "lines of one or two words", "Lines with fewer than three words between blanks."
    ),
    "c4_javascript_line_fraction": Plain(
        "lines that name JavaScript",
        "Lines with the word “javascript”: mostly requests to switch it on.",
    ),
    "c4_policy_line_fraction": Plain(
        "lines on cookies and terms", "Lines with English words for cookie and privacy policies."
    ),
    "c4_kept_line_fraction": Plain(
        "lines that C4 keeps", "Lines that none of the five rules of C4 removes."
    ),
    "datatrove_c4_unterminated_line_fraction": Plain(
        "lines that do not end (datatrove)", "That share by datatrove's reading of C4's rule."
    ),
    "datatrove_c4_kept_line_fraction": Plain(
        "lines that C4 keeps (datatrove)",
        "Lines that none of the rules removes as datatrove reads them.",
    ),
    "n_c4_sentences": Plain("sentences (C4)", "Sentences in the lines that C4 keeps."),
}

_SCORES = {
    "lid_confidence": Plain(
        "how sure the language is", "A low value means that the text may be in another language."
    ),
    "own_label_char_fraction": Plain(
        "share of lines in this language",
        "How much of the text stands in lines that have the document's label.",
    ),
    "own_word_fraction": Plain(
        "share of words known in this language",
        "How many words stand in the word list of the label.",
    ),
    "identifiers_agree_fraction": Plain(
        "identifiers that agree", "How many of the job's identifiers give this label."
    ),
    "perplexity": Plain(
        "how unusual the text is",
        "A high value means that a model of good text finds it surprising.",
    ),
    "contamination_fraction": Plain(
        "share found in evaluation sets", "How much of the text an evaluation set has too."
    ),
    "wds": Plain("document score (WDS)", "HPLT's score of a document, from 0 to 10."),
    "wds_language": Plain("language (WDS)", "How much of the text is in the document's language."),
    "wds_url": Plain("addresses (WDS)", "Low where a text is full of web addresses."),
    "wds_punctuation": Plain(
        "punctuation (WDS)", "Low with far too much or too little punctuation."
    ),
    "wds_singular_chars": Plain(
        "odd signs (WDS)", "Low where a text is full of signs that are rare in prose."
    ),
    "wds_numbers": Plain("numbers (WDS)", "Low where a text is full of digits."),
    "wds_repeated": Plain("repetition (WDS)", "Low where lines come again."),
    "wds_n_long_segments": Plain("long paragraphs (WDS)", "High where a text has many long lines."),
    "wds_great_segment": Plain(
        "a great paragraph (WDS)", "High where a text has a very long line."
    ),
    "wds_informativeness": Plain(
        "how much it says (WDS)", "Low for text that says the same again, or is noise."
    ),
    "wds_short_segments": Plain("short lines (WDS)", "Low where most lines are short."),
}

PLAIN: Final[Mapping[str, Plain]] = {
    "n_chars": Plain("length in characters", "How many characters the text has."),
    "n_lines": Plain("number of lines", "Lines that are not blank."),
    "n_words": Plain("number of words", "Words; punctuation marks are none."),
    "mean_word_chars": Plain("length of a word", "Characters of a word, in the mean."),
    "dup_paragraph_fraction": Plain(
        "share of paragraphs that come again", "Paragraphs that stood in the text before."
    ),
    "dup_paragraph_char_fraction": Plain(
        "share of text in repeated paragraphs",
        "How much of the text are paragraphs that come again.",
    ),
    "dup_line_fraction": Plain("share of lines that come again", "Lines that stood there before."),
    "dup_line_char_fraction": Plain(
        "share of text in repeated lines", "How much of the text are lines that come again."
    ),
    "dup_nonblank_line_char_fraction": Plain(
        "share of text in repeated lines (FineWeb)",
        "How much of the text, blank lines left out, are lines that come again.",
    ),
    **_phrases(),
    "terminal_punct_line_fraction": Plain(
        "lines that end a sentence",
        "Lines that end with a full stop or its like, in any script, whatever quote follows.",
    ),
    "fineweb2_terminal_punct_line_fraction": Plain(
        "lines that end a sentence (FineWeb2)", "Lines whose very last character ends a sentence."
    ),
    "short_line_fraction": Plain("short lines", "Lines of 30 characters or fewer, as in menus."),
    "newlines_per_word": Plain("line breaks a word", "High for lists and menus, low for prose."),
    "hashes_per_word": Plain("hash signs a word", "Signs “#” for each word, as in lists of tags."),
    "ellipses_per_word": Plain("ellipses a word", "“…” for each word, as in cut teasers."),
    "bullet_line_fraction": Plain("bullet points", "Lines that begin with a bullet or a dash."),
    "fineweb2_bullet_line_fraction": Plain(
        "bullet points (FineWeb2)", "Lines that begin with a bullet or a dash, as FineWeb2 counts."
    ),
    "ellipsis_line_fraction": Plain("lines that are cut short", "Lines that end with an ellipsis."),
    "fineweb2_ellipsis_line_fraction": Plain(
        "lines that are cut short (FineWeb2)",
        "Lines that end with an ellipsis, as FineWeb2 counts.",
    ),
    "alpha_word_fraction": Plain("words with letters", "Low where a text is numbers and signs."),
    "n_stopwords": Plain(
        "different stop words", "How many of the language's most ordinary words occur at all."
    ),
    "upper_case_fraction": Plain(
        "capital letters", "High for text in capitals, and for tables of codes."
    ),
    "n_lorem_ipsum_lines": Plain("lines of filler text", "Lines with “lorem ipsum”."),
    "n_curly_bracket_lines": Plain("lines with a curly bracket", "Mostly code."),
    "n_long_lines": Plain("long lines", "Lines of 200 characters or more."),
    **_C4,
    **_SCORES,
}
"""Metric or score -> its plain name and sentence; named scores have none."""
