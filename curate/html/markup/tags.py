"""Names of elements and what the HTML Standard says of each, as numbers that kernels can read."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

UNKNOWN: Final = 0
"""The tag of every element whose name is not in :data:`NAMES`: custom and misspelt ones."""

_NAMES: Final = """
    ? a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big
    blink blockquote body br button canvas caption center cite code col colgroup data datalist
    dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form
    frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins kbd
    keygen label legend li link listing main map mark marquee math menu meta meter nav nobr
    noembed noframes noscript object ol optgroup option output p param picture plaintext pre
    progress q rb rp rt rtc ruby s samp script search section select slot small source span
    strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time
    title tr track tt u ul var video wbr xmp annotation desc foreignobject mi mn mo ms mtext
    annotation-xml semantics
"""

NAMES: Final = tuple(_NAMES.split())
"""Name of each tag number; index 0 stands for all unknown ones."""

TAG: Final = {name: number for number, name in enumerate(NAMES)}
"""Number of each known element name."""

# What an element is: bits of TRAITS, one number for each tag.
BLOCK: Final = 1 << 0  # laid out as a block, or as good as one: a border of text
CLOSES_P: Final = 1 << 1  # its start tag ends an open p
VOID: Final = 1 << 2  # has no content
DROPPED: Final = 1 << 3  # what is in it is not text of the page
UNRECORDED: Final = 1 << 4  # of no interest as an element
SCOPE: Final = 1 << 5  # what the standard calls a scope ends at it
LIST_SCOPE: Final = 1 << 6
BUTTON_SCOPE: Final = 1 << 7
TABLE_SCOPE: Final = 1 << 8
SPECIAL: Final = 1 << 9
FORMATTING: Final = 1 << 10
HEADING: Final = 1 << 11
TABLE_PART: Final = 1 << 12  # rows, sections, cells, captions: ended in table scope
CELL: Final = 1 << 13
SECTION: Final = 1 << 14  # thead, tbody, tfoot
RAW: Final = 1 << 15  # its content is no markup
RCDATA: Final = 1 << 16  # the same, with character references
BREAKOUT: Final = 1 << 17  # ends svg and math
INTEGRATION: Final = 1 << 18  # HTML again, inside svg and math
LIST: Final = 1 << 19
PREFORMATTED: Final = 1 << 20
RUBY: Final = 1 << 21  # rb, rp, rt, rtc
CODE: Final = 1 << 22
ENDS_FOREIGN: Final = 1 << 23  # its end tag, inside svg or math, is that of an element around them

_TRAITS: Final = {
    BLOCK: """
        html body address blockquote center dialog div figure figcaption footer form header hr
        legend listing main p plaintext pre search xmp article aside h1 h2 h3 h4 h5 h6 hgroup nav
        section dir dd dl dt menu ol ul li table caption colgroup tbody td th thead tfoot tr
        fieldset details summary optgroup option frameset frame noframes button marquee noscript
        """,
    CLOSES_P: """
        address article aside blockquote center details dialog dir div dl fieldset figcaption
        figure footer header hgroup main menu nav ol p search section summary ul h1 h2 h3 h4 h5 h6
        pre listing form li dd dt plaintext table hr xmp
        """,
    VOID: """
        area base basefont bgsound br col embed frame hr image img input keygen link meta param
        source track wbr
        """,
    DROPPED: """
        applet audio canvas datalist iframe meter noembed noframes object progress script select
        style svg template textarea title video annotation annotation-xml rp
        """,
    UNRECORDED: """
        base basefont bgsound br col colgroup frame frameset head link meta param script source
        style template title track wbr noframes noembed rp annotation annotation-xml
        """,
    # noscript is a scope of its own: where scripts run, its content is no part of the tree.
    SCOPE: "applet caption html table td th marquee object template noscript mi mn mo ms mtext",
    LIST_SCOPE: "ol ul",
    BUTTON_SCOPE: "button",
    TABLE_SCOPE: "html table template noscript",
    SPECIAL: """
        address applet area article aside base basefont bgsound blockquote body br button caption
        center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form
        frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link
        listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext
        pre script search section select source style summary table tbody td template textarea
        tfoot th thead title tr track ul wbr xmp mi mn mo ms mtext annotation-xml
        """,
    FORMATTING: "a b big code em font i nobr s small strike strong tt u",
    HEADING: "h1 h2 h3 h4 h5 h6",
    TABLE_PART: "caption colgroup tbody tfoot thead tr td th",
    CELL: "td th",
    SECTION: "tbody tfoot thead",
    RAW: "script style xmp iframe noembed noframes plaintext",
    RCDATA: "title textarea",
    BREAKOUT: """
        b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img
        li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul
        var
        """,
    INTEGRATION: "desc foreignobject title mi mn mo ms mtext annotation-xml",
    LIST: "ul ol menu dir dl",
    PREFORMATTED: "pre listing xmp plaintext",
    RUBY: "rb rp rt rtc",
    CODE: "code samp kbd tt",
    ENDS_FOREIGN: """
        address article aside b big blockquote body br button center cite code dd details div dl dt
        em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header html i label legend li
        main menu nav nobr noscript ol p picture pre ruby section small span strong strike sub
        summary sup table tbody td template tfoot th thead tr tt u ul
        """,
}


def _traits() -> npt.NDArray[np.int64]:
    traits = np.zeros(len(NAMES), np.int64)
    for trait, names in _TRAITS.items():
        traits[[TAG[name] for name in names.split()]] |= trait
    return traits


TRAITS: Final = _traits()
"""int64[len(NAMES)]: the bits above."""


SCOPES: Final = (SCOPE, SCOPE | LIST_SCOPE, SCOPE | BUTTON_SCOPE, TABLE_SCOPE, SPECIAL)
"""Borders of the search for an open element, one set of traits for each kind of search."""


def _bounds() -> npt.NDArray[np.int64]:
    bounds = np.zeros(len(NAMES), np.int64)
    for place, scope in enumerate(SCOPES):
        bounds |= ((TRAITS & scope) != 0).astype(np.int64) << place
    is_no_border = np.isin(np.arange(len(NAMES)), [TAG[x] for x in ("address", "div", "p")])
    bounds |= (((TRAITS & SPECIAL) != 0) & ~is_no_border).astype(np.int64) << len(SCOPES)
    return bounds


BOUNDS: Final = _bounds()
"""int64[len(NAMES)]: bit i for each of SCOPES that the tag ends; the next bit for what ends the
search of a list item for the one before."""
