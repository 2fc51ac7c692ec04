"""Draws docs/images/blocks.png: a page beside the scores of its blocks.

    python docs/picture_of_blocks.py [CHROMIUM]

The page is made here; a headless Chromium takes the picture.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from curate.html.blocks.decision import decide
from curate.html.markup.read_page import read_page

TARGET = Path(__file__).parent / "images" / "blocks.png"

_MENU = "".join(f"<li><a href=/{n}>{n}</a></li>" for n in ("Home", "News", "Weather", "Sport"))
_TEXT = (
    "The river rose in the night, and by morning the lower bridge stood under water. Nobody had "
    "expected so much rain in the hills.",
    "“We carried the chairs up first,” said the keeper of the mill, who has lived beside the water "
    "for thirty years and knows its moods.",
    "The road to the station is closed until Friday. Buses go by the upper bridge, once an hour.",
)
_MORE = "".join(
    f"<li><a href=/m{i}>{title}</a><p>{text}</p></li>"
    for i, (title, text) in enumerate(
        (
            ("Market moves to the hall", "The stalls will stand inside this week."),
            ("Choir looks for voices", "Rehearsals begin again on Monday."),
        )
    )
)
PAGE = f"""<!doctype html><title>Lower bridge under water - The Valley Paper</title>
<header class=top><div class=logo>The Valley Paper</div><ul class=menu>{_MENU}</ul></header>
<main><h1>Lower bridge under water</h1><p class=byline>By A. Miller, 3 May</p>
{"".join(f"<p>{text}</p>" for text in _TEXT)}
<h2>What is open</h2><ul><li>The school, from nine</li><li>The baker and the chemist</li></ul>
<p>The council meets tonight to decide about the pumps.</p></main>
<aside class=related><h3>More from the valley</h3><ul>{_MORE}</ul></aside>
<div class=comments><h3>Comments</h3><p><b>Jo</b> I saw it from the hill. Unbelievable how quickly
it came up.</p></div>
<div class=cookie><p>We use cookies to make this site better.</p><button>Accept</button></div>
<footer><p>© The Valley Paper | <a href=/i>Imprint</a> | <a href=/p>Privacy</a></p></footer>"""


def drawn() -> str:
    """The blocks of the page as a page of their own: darker green, higher score."""
    page = read_page(PAGE)
    decision = decide(page)
    rows = []
    for block in range(page.n_blocks):
        score = float(decision.scores[block])
        mark = "#1a7f37" if decision.keep[block] else "#bbb"
        rows.append(
            f'<div style="background:rgba(45,164,78,{0.75 * score:.2f});'
            f'border-left:6px solid {mark}">'
            f"<b>{score:.2f}</b> {escape(page.block_text(block))}</div>"
        )
    style = (
        "body{font:15px sans-serif;width:760px;margin:12px}div{padding:3px 8px;margin:2px}"
        "b{font:13px monospace;margin-right:8px}"
    )
    return f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(rows)}"


def main() -> None:
    """Take the picture."""
    browser = sys.argv[1] if len(sys.argv) > 1 else "chromium"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(drawn())
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--window-size=790,760", f"--screenshot={TARGET}", page.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
