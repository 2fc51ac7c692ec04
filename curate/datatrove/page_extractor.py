"""The extractor as a step of datatrove."""

from __future__ import annotations

from datatrove.pipeline.extractors.base import BaseExtractor

from curate.api.pages import extract
from curate.html.extractors import BLOCKS
from curate.stages.kernels import compile_page_kernels


class Extractor(BaseExtractor):
    """Main text of pages, in the place of ``Trafilatura``.

    The text has the form in which a run stores it. A page without main text gives an empty one,
    which datatrove drops.

    Args:
        extractor: as ``extract.extractor`` in a job.
        timeout: seconds for a page.
    """

    name = "curate: extract"

    def __init__(self, extractor: str = BLOCKS, timeout: float = 10) -> None:
        super().__init__(timeout)
        extract("", extractor=extractor)  # a name that is none is told here
        self.extractor = extractor
        compile_page_kernels()  # not within the time of a page

    def extract(self, text: str) -> str:
        """The text of one page; see :func:`curate.api.pages.extract`."""
        return extract(text, extractor=self.extractor).text
