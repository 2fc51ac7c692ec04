"""Names of elements and what the HTML Standard says of each, as numbers that kernels can read."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

UNKNOWN: Final = 0
"""The tag of every element whose name is not in :data:`NAMES`: custom and misspelt ones."""

NAMES: Final = tuple(
    """
    ? a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big
    blink blockquote body br button canvas caption center cite code col colgroup data datalist dd
    del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame
    frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins kbd keygen
    label legend li link listing main map mark marquee math menu meta meter nav nobr noembed
    noframes noscript object ol optgroup option output p param picture plaintext pre progress q rb
    rp rt rtc ruby s samp script search section select slot small source span strike strong style
    sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul
    var video wbr xmp annotation desc foreignobject mi mn mo ms mtext annotation-xml semantics
    """.split()
)
"""Name of each tag number; index 0 stands for all unknown ones."""

TAG: Final = {name: number for number, name in enumerate(NAMES)}
"""Number of each known element name."""


def table_of(names: str) -> npt.NDArray[np.uint8]:
    """uint8[len(NAMES)]: 1 for the tags that are named."""
    table = np.zeros(len(NAMES), np.uint8)
    table[[TAG[name] for name in names.split()]] = 1
    return table
