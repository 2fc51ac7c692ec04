"""Signs of every kind mixed, valid and nearly so: none fails, and a `no` is never lost.

The pieces are the signs' own words, so most of what is made is read a long way before it turns out
to be a sign or none. What a draft makes depend on order is kept in order here: lines of one
``Content-Usage`` header are one Dictionary, whose last value counts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.robots.page_signs import SIGNS, page_signs
from curate.robots.preferences import MAX_CHARS, strictest
from curate.robots.site_index import SiteFile, SiteIndex
from curate.stages.rights import signs_of

Header = tuple[str, str]
AGENT = "CCBot"
URL = "https://a.example/x/page.html"
LICENCE = "https://b.example/license.xml"
PATH = "/x/page.html"


def rsl(inner: str, url: str = "/") -> str:
    return (
        f'<rsl xmlns="https://rslstandard.org/rsl"><content url="{url}"><license>{inner}</license>'
        "</content></rsl>"
    )


REFUSING = rsl('<prohibits type="usage">ai-train</prohibits>')
ALLOWING = rsl('<permits type="usage">ai-train</permits>')


def script(document: str) -> str:
    return f'<script type="application/rsl+xml">{document}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{content}">'


RSL_LINK = f'<link rel="license" type="application/rsl+xml" href="{LICENCE}">'

# ---- pieces -----------------------------------------------------------------------------------

HEADER_WORDS: dict[str, tuple[str, ...]] = {
    "Content-Usage": (
        *("train-ai", "ai-use", "search", "Train-AI", "*", "=y"),
        *("=n", "=", "=?1", '="n"', "=(a b)"),
        *(",", ", ", " ", "\t", ";", ";because=tax", "=:aGk=:", "=-1.5", '"', "(", "é"),
    ),
    "Content-Signal": (
        *("ai-train=yes", "ai-train=no", "ai-train", "search", "AI-Train", "="),
        *("=yes", "=no", " = no", "=n", ","),
        *(", ", ";", " ", "yes", "no", "/", "/a ", "\u00a0"),
    ),
    "TDM-Reservation": ("1", "0", "2", ",", ", ", " ", '"', "1.0", "true", "\u201c", "\t"),
    "TDM-Policy": (LICENCE, "1", "/"),
    "X-Robots-Tag": (
        *("noai", "noml", "noimageai", "NoAI", "none", "all", "noindex", "unavailable_after: "),
        *("gptbot:", f"{AGENT}: ", "*:", ":", ",", ", ", ";", " ", "\u200b", "\uff0c", '"', "max-"),
    ),
    "Link": (
        *(f"<{LICENCE}>", "</l>", "<", ">", ";", "; ", ",", ", ", "rel=license", 'rel="license"'),
        *("type=application/rsl+xml", 'type="application/rsl+xml"', "rel=next", "=", '"', "'"),
    ),
}
"""Header -> what its values are made of."""

MARKUP_WORDS: tuple[str, ...] = (
    *("<meta ", "<META\n", "<link ", "<script ", "<!--", "-->", "</script>", "<title>", "</title>"),
    *("name=", "content=", "http-equiv=", "rel=", "type=", "href=", '"', "'", ">", "/>", " ", "="),
    *("robots", "gptbot", "tdm-reservation", "X-Robots-Tag", "noai", "noml", "noimageai", "1", "0"),
    *("license", "application/rsl+xml", LICENCE, "&#110;oai"),
    *("\u200b", "<p>ก</p>", "<rsl", "</rsl>"),
    *(' xmlns="https://rslstandard.org/rsl">', '<content url="/">', "</content>", "<license>"),
    *('<prohibits type="usage">', "</prohibits>", "<permits>", "ai-train", "all", "</license>"),
    *(meta("robots", "noai"), RSL_LINK, script(ALLOWING), script(REFUSING)),
)
"""What markup is made of."""

FILE_WORDS: dict[str, tuple[str, ...]] = {
    "/robots.txt": (
        *("User-agent: *\n", f"User-agent: {AGENT}\n", "User-agent: x\n", "\n"),
        *("\r", " ", "#", ":"),
        *("Content-Usage: ", "Content-Signal: ", "Content-Usage:", "content-usage "),
        *("/", "/x/", "$"),
        *("/x*l ", "* ", "train-ai=n", "train-ai=y"),
        *("ai-train=no", "ai-train=yes", "search=y", ","),
        *(f"License: {LICENCE}\n", "License: /l\n", "Disallow: /x\n"),
        *("Allow: /\n", "%78", "\ufeff"),
    ),
    "/.well-known/tdmrep.json": (
        *("[", "]", "{", "}", ",", ":"),
        *('"location"', '"tdm-reservation"', '"/"', '"/x/*"', "1", "0"),
        *('"1"', "null", '"tdm-policy"'),
        *('{"location": "/", "tdm-reservation": 0}', "\ufeff", "1e9"),
    ),
    "/ai.txt": (
        *("User-Agent: *\n", f"User-Agent: {AGENT}\n", "Disallow: /\n", "Disallow: *.html\n", "<"),
        *("Allow: /\n", "Allow: *.html$\n", "Training: ", "allow"),
        *("deny", "conditional", "\n", "#"),
    ),
    "/license.xml": (
        *("<rsl ", 'xmlns="https://rslstandard.org/rsl"', ">", '<content url="', "/", '">', '"/>'),
        *("<license>", "</license>", "<permits>", "</permits>"),
        *("<prohibits>", "</prohibits>", "all"),
        *("ai-train", '<payment type="free"/>', "</content>", "</rsl>", "<!DOCTYPE x>", REFUSING),
    ),
}
"""Path -> what such a file is made of."""

values = {
    name: st.lists(st.sampled_from(words), max_size=8).map("".join)
    for name, words in HEADER_WORDS.items()
}
headers = st.lists(
    st.one_of([st.tuples(st.just(name), value) for name, value in values.items()]), max_size=6
)
markup = st.lists(st.sampled_from(MARKUP_WORDS), max_size=14).map("".join)
bodies = st.fixed_dictionaries(
    {
        path: st.lists(st.sampled_from(words), max_size=12).map("".join)
        for path, words in FILE_WORDS.items()
    }
)

WHOLE_HEADERS: tuple[Header, ...] = (
    *(("Content-Usage", x) for x in ("train-ai=n", "train-ai=y, search=n", "train-ai=n,")),
    *(("Content-Signal", x) for x in ("ai-train=no", "ai-train=yes, search=no", "ai-train=n")),
    *(("TDM-Reservation", x) for x in ("1", "0", "2")),
    *(("X-Robots-Tag", x) for x in ("noai", "noml", "noimageai", "gptbot: noai", "CCBot: noml")),
    ("Link", f'<{LICENCE}>; rel="license"; type="application/rsl+xml"'),
)
WHOLE_MARKUP: tuple[str, ...] = (
    *(meta("robots", x) for x in ("noai", "noml, noindex", "noimageai", "all")),
    *(meta("tdm-reservation", x) for x in ("1", "0")),
    *(meta("GPTBot", "noai"), meta(AGENT, "noai"), RSL_LINK),
    *(script(REFUSING), script(ALLOWING), "<!-- noai -->", "<p>noai</p>"),
)

# ---- what each kind says when it says no --------------------------------------------------------

REFUSALS: dict[str, tuple[str, Header | str]] = {
    "aipref": ("header", ("Content-Usage", "train-ai=n")),
    "content_signal": ("header", ("Content-Signal", "search=yes, ai-train=no")),
    "rsl": ("header", ("Link", f'<{LICENCE}>; rel="license"; type="application/rsl+xml"')),
    "rsl link": ("markup", RSL_LINK),
    "rsl script": ("markup", script(REFUSING)),
    "tdmrep": ("header", ("TDM-Reservation", "1")),
    "tdmrep meta": ("markup", meta("tdm-reservation", "1")),
    "noai": ("header", ("X-Robots-Tag", "noai")),
    "noai for our agent": ("header", ("X-Robots-Tag", f"{AGENT}: noai")),
    "noai meta": ("markup", meta("robots", "noai")),
    "noml": ("header", ("X-Robots-Tag", "noml")),
    "noml meta": ("markup", meta("robots", "noml")),
}
"""Kind, with its place where there are several -> where it stands, and how it says no."""

_RESERVED = {"location": "/", "tdm-reservation": 1}
_GROUP = f"User-agent: *\nUser-agent: {AGENT}\n"
FILE_REFUSALS: dict[str, tuple[str, Callable[[str], str]]] = {
    "aipref": ("/robots.txt", lambda text: f"{_GROUP}Content-Usage: {PATH}$ train-ai=n\n{text}"),
    "content_signal": (
        "/robots.txt",
        lambda text: f"{_GROUP}Content-Signal: {PATH}$ ai-train=no\n{text}",
    ),
    "rsl": ("/robots.txt", lambda text: f"License: {LICENCE}\n{text}"),
    "tdmrep": ("/.well-known/tdmrep.json", lambda _: json.dumps([_RESERVED])),
    "ai_txt": ("/ai.txt", lambda text: f"Training: deny\n{text}"),
}
"""Kind -> path of a file, and such a file of which the first statement is a no."""


def index_of(files: dict[str, str], licence: str = REFUSING) -> SiteIndex:
    known = [
        SiteFile(f"https://a.example{path}", 200, body.encode()) for path, body in files.items()
    ]
    return SiteIndex.build([*known, SiteFile(LICENCE, 200, licence.encode())], (AGENT,))


def said(spoken: Sequence[Header], page: str, index: SiteIndex) -> list[tuple[str, str]]:
    """Kind and answer of each sign of a page and its site."""
    _, rows = page_signs(spoken, page.encode())
    signs = signs_of(rows, URL, "", index=index, agents={AGENT.lower()})
    return [(sign.sign, sign.train_ai) for sign in signs]


# ---- laws -------------------------------------------------------------------------------------


@given(headers, markup)
def test_nearly_valid_signs_of_a_page_are_read_or_say_nothing(
    spoken: list[Header], page: str
) -> None:
    opted, rows = page_signs(spoken, page.encode())
    assert opted == sorted(set(opted))
    assert page_signs(spoken, page.encode()) == (opted, rows)
    for row in rows:
        assert row["sign"] in SIGNS
        assert row["place"] in ("header", "meta", "link", "script")
        assert row["train_ai"] in ("no", "yes", "unset")
        assert len(row["text"]) <= MAX_CHARS


@given(bodies)
def test_nearly_valid_files_of_a_site_are_read_or_say_nothing(files: dict[str, str]) -> None:
    licence = files["/license.xml"]
    index = index_of(files, licence)
    assert SiteIndex.from_bytes(index.to_bytes()).signs(URL, "") == index.signs(URL, "")
    assert index.license(LICENCE, URL, "") in ("no", "yes", "unset")
    for sign in index.signs(URL, ""):
        assert sign.sign in SIGNS
        assert sign.train_ai in ("no", "yes", "unset")


@pytest.mark.parametrize("kind", REFUSALS)
@given(spoken=headers, page=markup, seed=st.randoms(use_true_random=False))
def test_one_more_no_is_heard_beside_anything_on_the_page(
    kind: str, spoken: list[Header], page: str, seed: Random
) -> None:
    where, refusal = REFUSALS[kind]
    if isinstance(refusal, tuple):
        if refusal[0] == "Content-Usage":  # one Dictionary: an unreadable line spoils all others
            spoken = [x for x in spoken if x[0] != "Content-Usage"]
        spoken.insert(seed.randint(0, len(spoken)), refusal)
    else:
        page = refusal + page  # before what may open a comment that nothing closes
    answers = said(spoken, page, index_of({}))
    assert (kind.split()[0], "no") in answers, where
    assert strictest(answer for _, answer in answers) == "no"


@pytest.mark.parametrize(
    ("name", "refusal", "kind"),
    [
        ("Content-Signal", "ai-train=no", "content_signal"),
        ("TDM-Reservation", "1", "tdmrep"),
        ("X-Robots-Tag", "noai", "noai"),
    ],
)
@given(data=st.data(), place=st.sampled_from(["front", "end"]))
def test_one_more_no_is_heard_within_a_header(
    name: str, refusal: str, kind: str, data: st.DataObject, place: str
) -> None:
    rest = data.draw(values[name])
    if name == "X-Robots-Tag" and place == "end":
        rest = rest.replace(":", "")  # an agent holds for all that follows it
    value = f"{refusal}, {rest}" if place == "front" else f"{rest}, {refusal}"
    assert (kind, "no") in said([(name, value)], "", index_of({}))


@pytest.mark.parametrize("kind", FILE_REFUSALS)
@given(files=bodies, spoken=headers, page=markup)
def test_one_more_no_in_a_file_of_the_site_is_heard(
    kind: str, files: dict[str, str], spoken: list[Header], page: str
) -> None:
    path, refusing = FILE_REFUSALS[kind]
    allowed = files["/robots.txt"].replace("Disallow", "Allow")  # else nothing is said of the page
    allowed = allowed.replace("*", "/")  # a longer pattern would win over the page's own path
    files = {**files, "/robots.txt": allowed}
    files[path] = refusing(files[path])
    answers = said(spoken, page, index_of(files))
    assert (kind, "no") in answers
    assert strictest(answer for _, answer in answers) == "no"


@given(
    st.lists(st.sampled_from(WHOLE_HEADERS), max_size=6, unique=True),
    st.lists(st.sampled_from(WHOLE_MARKUP), max_size=6),
    st.randoms(use_true_random=False),
)
def test_order_does_not_matter(spoken: list[Header], pieces: list[str], seed: Random) -> None:
    index = index_of({})
    before = said(spoken, "".join(pieces), index)
    usage = iter([x for x in spoken if x[0] == "Content-Usage"])  # keep their order
    seed.shuffle(spoken)
    spoken = [next(usage) if x[0] == "Content-Usage" else x for x in spoken]
    seed.shuffle(pieces)
    assert sorted(said(spoken, "".join(pieces), index)) == sorted(before)


@given(
    st.lists(
        st.sampled_from(
            (
                *("Content-Usage: / train-ai=n", "Content-Usage: /x/ train-ai=y"),
                *("Content-Usage: /x/ train-ai=n", "Content-Signal: ai-train=yes"),
                *("Content-Signal: ai-train=no", f"License: {LICENCE}", "Allow: /x/"),
            )
        ),
        max_size=7,
    ),
    st.randoms(use_true_random=False),
)
def test_order_of_the_rules_of_a_group_does_not_matter(lines: list[str], seed: Random) -> None:
    def answers() -> list[tuple[str, str]]:
        return sorted(said((), "", index_of({"/robots.txt": "\n".join(["User-agent: *", *lines])})))

    before = answers()
    seed.shuffle(lines)
    assert answers() == before
