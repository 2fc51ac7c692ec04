"""Files of sites: rules on use by path, agent and time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.robots.page_signs import MAX_SIGNS, SIGNS, Sign, page_signs
from curate.robots.preferences import strictest
from curate.robots.site_files import read_ai_txt, robots_usage, tdmrep_answer, tdmrep_rules
from curate.robots.site_index import SiteFile, SiteIndex, applied

SITE = "https://a.example"
DATE = "2026-06-01T00:00:00Z"

# The example of draft-ietf-aipref-attach, section 3.4.
DRAFT = b"""User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: / train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: / train-ai=y
"""


def index(*files: tuple[str, bytes] | SiteFile, agents: tuple[str, ...] = ("CCBot",)) -> SiteIndex:
    known = [f if isinstance(f, SiteFile) else SiteFile(SITE + f[0], 200, f[1], "") for f in files]
    built = SiteIndex.build(known, agents)
    return SiteIndex.from_bytes(built.to_bytes())


def said(built: SiteIndex, path: str, date: str = DATE) -> dict[str, str]:
    answers: dict[str, list[str]] = {}
    for sign in built.signs(SITE + path, date):
        answers.setdefault(sign.sign, []).append(sign.train_ai)
    return {kind: strictest(several) for kind, several in answers.items()}


def test_the_draft_s_own_example() -> None:
    others = index(("/robots.txt", DRAFT))
    assert said(others, "/test") == {"aipref": "no"}
    assert said(others, "/never/test") == {}, "what may not be crawled has no preferences"
    assert said(others, "/ai-ok/test") == {"aipref": "yes"}
    named = index(("/robots.txt", DRAFT), agents=("ExampleBot",))
    assert said(named, "/test") == {"aipref": "yes"}
    both = index(("/robots.txt", DRAFT), agents=("ExampleBot", "CCBot"))
    assert sorted(sign.train_ai for sign in both.signs(SITE + "/test", DATE)) == ["no", "yes"]


RULES = {
    "two for one path": (
        "Content-Usage: /a train-ai=y\nContent-Usage: /a train-ai=n",
        {"aipref": "no"},
    ),
    "the longer path": (
        "Content-Usage: /a* train-ai=n\nContent-Usage: /a/b train-ai=y",
        {"aipref": "yes"},
    ),
    "no path": ("Content-Usage: train-ai=n", {"aipref": "no"}),
    "a comment": ("Content-Usage: / train-ai=n # please", {"aipref": "no"}),
    "any case, any blanks": ("  content-usage :\t/\t train-ai=n ", {"aipref": "no"}),
    "an end": ("Content-Usage: /a$ train-ai=n", {}),
    "what cannot be parsed": ("Content-Usage: / train-ai=n,", {"aipref": "unset"}),
    "a signal": ("Content-Signal: search=yes, ai-train=no", {"content_signal": "no"}),
    "a signal for a path": ("Content-Signal: /z ai-train=no", {}),
    "both": (
        "Content-Signal: ai-train=yes\nContent-Usage: / train-ai=n",
        {"aipref": "no", "content_signal": "yes"},
    ),
    "a licence": ("License: https://b.example/license.xml", {"rsl": "unset"}),
    "a licence without an origin": ("License: /license.xml", {}),
}


@pytest.mark.parametrize(("lines", "answers"), RULES.values(), ids=list(RULES))
def test_rules_of_a_robots_txt(lines: str, answers: dict[str, str]) -> None:
    assert said(index(("/robots.txt", f"User-agent: *\n{lines}".encode())), "/a/b") == answers


def test_rules_before_any_agent_belong_to_no_group() -> None:
    assert said(index(("/robots.txt", b"Content-Usage: / train-ai=n\nUser-agent: *\n")), "/") == {}


def test_a_licence_is_applied_where_its_document_is_known() -> None:
    robots = b"License: https://b.example/license.xml\n"
    document = (
        b'<rsl xmlns="https://rslstandard.org/rsl"><content url="https://a.example/private/">'
        b'<license><prohibits type="usage">ai-train</prohibits></license></content></rsl>'
    )
    known = index(
        ("/robots.txt", robots),
        SiteFile("https://b.example/license.xml", 200, document, ""),
    )
    assert said(known, "/private/1") == {"rsl": "no"}
    assert said(known, "/public/1") == {"rsl": "unset"}


PATTERNS = {
    "/": "no",
    "": "no",
    "/a/": "no",
    "/b/": "unset",
    "/*.html$": "no",
    "https://a.example/a/": "no",
    "https://a.example/*": "no",
    "https://other.example/": "unset",
}


@pytest.mark.parametrize(("pattern", "answer"), PATTERNS.items(), ids=list(PATTERNS))
def test_addresses_of_a_licence(pattern: str, answer: str) -> None:
    assert applied([(pattern, "no")], f"{SITE}/a/1.html") == answer


def tdmrep(*rules: tuple[str, object]) -> bytes:
    return json.dumps([{"location": path, "tdm-reservation": x} for path, x in rules]).encode()


def test_the_first_rule_of_a_tdmrep_file_decides() -> None:
    file = tdmrep(("/open/*", 0), ("/*.html$", "1"), ("/", 1))
    built = index(("/.well-known/tdmrep.json", file))
    assert said(built, "/open/a.html") == {"tdmrep": "yes"}
    assert said(built, "/a.html") == {"tdmrep": "no"}
    assert [s.place for s in built.signs(SITE + "/a.html", DATE)] == ["tdmrep.json"]
    assert tdmrep_answer(tdmrep_rules(tdmrep(("/x", 1))), b"/y") == "unset"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1, null]", b"[" * 9999, b'{"location": 1}'])
def test_what_is_no_tdmrep_file_says_nothing(body: bytes) -> None:
    assert tdmrep_rules(body) == ()


AI_FILES = {
    "Spawning, no": ("User-Agent: *\nDisallow: *.txt\nDisallow: /\nDisallow: *", "no"),
    "Spawning, yes": ("User-Agent: *\nDisallow: *.jpg\nAllow: *.html\nAllow: /", "yes"),
    "by ending": ("User-Agent: *\nDisallow: *.html", "no"),
    "another ending": ("User-Agent: *\nDisallow: *.jpg", "unset"),
    "for our agent": ("User-Agent: *\nAllow: /\n\nUser-Agent: CCBot\nDisallow: /", "no"),
    "training": ("# ai.txt\nTraining: deny\n", "no"),
    "training with conditions": ("Training: conditional\n", "unset"),
}


@pytest.mark.parametrize(("text", "answer"), AI_FILES.values(), ids=list(AI_FILES))
def test_an_ai_txt(text: str, answer: str) -> None:
    answers = {} if answer == "unset" else {"ai_txt": answer}
    assert said(index(("/ai.txt", text.encode())), "/a.html") == answers


def test_a_page_of_html_is_no_ai_txt() -> None:
    assert read_ai_txt(b" <!doctype html>\nDisallow: /", ("CCBot",)) is None


def test_the_capture_that_stood_at_the_fetch_counts() -> None:
    url, no, yes = f"{SITE}/robots.txt", b"train-ai=n", b"train-ai=y"
    captures = [
        SiteFile(url, 200, b"User-agent: *\nContent-Usage: / " + no, "2026-03-01T00:00:00Z"),
        SiteFile(url, 200, b"User-agent: *\nContent-Usage: / " + yes, "2026-01-01T00:00:00Z"),
        SiteFile(url, 503, b"", "2026-04-01T00:00:00Z"),
        SiteFile(url, 404, b"", "2026-06-01T00:00:00Z"),
    ]
    built = index(*captures)
    assert said(built, "/", "2025-12-01T00:00:00Z") == {"aipref": "yes"}, "the first after it"
    assert said(built, "/", "2026-02-01T00:00:00Z") == {"aipref": "yes"}
    assert said(built, "/", "2026-03-01T00:00:00Z") == {"aipref": "no"}
    assert said(built, "/", "2026-05-01T00:00:00Z") == {"aipref": "no"}, "errors say nothing"
    assert said(built, "/", "2026-07-01T00:00:00Z") == {}, "no file any more"
    assert index(*reversed(captures)).to_bytes() == built.to_bytes()


def test_files_of_another_origin_say_nothing() -> None:
    built = index(("/robots.txt", b"User-agent: *\nContent-Usage: / train-ai=n"))
    assert built.signs("http://a.example/", DATE) == []
    assert built.signs("https://www.a.example/", DATE) == []
    assert built.signs("nothing", DATE) == []


def test_a_no_is_not_cut_off_behind_many_other_signs() -> None:
    others = [("Content-Signal", f"ai-train=yes, x{n}=no") for n in range(2 * MAX_SIGNS)]
    _, rows = page_signs([*others, ("Content-Signal", "ai-train=no")], b"")
    assert len(rows) == MAX_SIGNS
    assert strictest(row["train_ai"] for row in rows) == "no"


HEADS = {
    "Content-Usage": ([("Content-Usage", "train-ai=n")], "aipref", "no"),
    "two lines, the last counts": (
        [("content-usage", "train-ai=n"), ("Content-Usage", "train-ai=y")],
        "aipref",
        "yes",
    ),
    "Content-Signal": ([("Content-Signal", "ai-train=no")], "content_signal", "no"),
    "reserved": ([("TDM-Reservation", "1")], "tdmrep", "no"),
    "not reserved": ([("TDM-Reservation", "0")], "tdmrep", "yes"),
    "noai": ([("X-Robots-Tag", "noai")], "noai", "no"),
    "noml": ([("X-Robots-Tag", "noml")], "noml", "no"),
    "for an agent": ([("X-Robots-Tag", "gptbot: noai")], "noai", "unset"),
    "pictures": ([("X-Robots-Tag", "noimageai")], "noimageai", "unset"),
    "Link": (
        [("Link", '</x>; rel=next, <https://a/l>; rel="license"; type="application/rsl+xml"')],
        "rsl",
        "unset",
    ),
}


@pytest.mark.parametrize(("headers", "sign", "answer"), HEADS.values(), ids=list(HEADS))
def test_signs_of_headers(headers: list[tuple[str, str]], sign: str, answer: str) -> None:
    _, (row,) = page_signs(headers, b"<p>")
    assert (row["sign"], row["place"], row["train_ai"]) == (sign, "header", answer)


PAGES = {
    "noai": ('<meta name="robots" content="noai">', "noai", "meta", "no"),
    "tdmrep": ('<meta name="tdm-reservation" content="1">', "tdmrep", "meta", "no"),
    "not reserved": ('<meta name="tdm-reservation" content="0">', "tdmrep", "meta", "yes"),
    "rsl link": (
        '<link REL="license" type="application/rsl+xml" href="/l.xml">',
        "rsl",
        "link",
        "unset",
    ),
    "rsl script": (
        '<script type="application/rsl+xml"><rsl xmlns="https://rslstandard.org/rsl">'
        '<content url="/"><license><prohibits type="usage">all</prohibits></license></content>'
        "</rsl></script>",
        "rsl",
        "script",
        "no",
    ),
}


@pytest.mark.parametrize(("html", "sign", "place", "answer"), PAGES.values(), ids=list(PAGES))
def test_signs_of_pages(html: str, sign: str, place: str, answer: str) -> None:
    _, (row,) = page_signs((), f"<html><head>{html}</head>".encode())
    assert (row["sign"], row["place"], row["train_ai"]) == (sign, place, answer)


@pytest.mark.parametrize("html", ['<link rel="license" href="/l">', "application/rsl+xml", "<p>"])
def test_other_pages_say_nothing(html: str) -> None:
    assert page_signs((), html.encode()) == ([], [])


@given(
    st.binary(max_size=400), st.sampled_from(["/robots.txt", "/ai.txt", "/.well-known/tdmrep.json"])
)
def test_any_file_is_read(body: bytes, path: str) -> None:
    built = index(SiteFile(SITE + path, 200, body, DATE))
    for sign in built.signs(SITE + "/x?y=1", DATE):
        assert isinstance(sign, Sign)
        assert sign.sign in SIGNS
    robots_usage(b"content-usage" + body, ("CCBot",))


@given(st.lists(st.tuples(st.sampled_from(["Content-Usage", "Link", "X-Robots-Tag"]), st.text())))
def test_any_header_is_read(headers: list[tuple[str, str]]) -> None:
    opted, rows = page_signs(headers, b"")
    assert opted == sorted(set(opted))
    assert {row["train_ai"] for row in rows} <= {"no", "yes", "unset"}
