"""The split file of HPLT's view: lines in sorted runs, of which one is held at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

import pyarrow as pa

from curate.io.lines.zstd_frames import FRAME_BYTES, FrameWriter
from curate.pipeline.emit.hplt_plan import BLOCKS
from curate.stages.hplt import in_order

RUN_BYTES: Final = 64 << 20
"""Of lines, in a sorted run. It decides where files end, so it is no setting."""


class Line(NamedTuple):
    """One document: its label, the steps of its score, its line, lines and characters of text."""

    label: str
    steps: int
    data: bytes
    segments: int
    n_chars: int


class SortedRuns:
    """Lines written by partition, label and falling score, as many at once as may be held.

    A shard is one run, but for one of very large texts. Blocks of one label and score stand in the
    order of their runs, and so in that of the documents, whatever the number of runs. A run ends at
    a line, not at a batch, so that ``engine.batch_mb`` changes no file.

    Args:
        writer: of the split file.
        shard: its number.
        part_of: the partition that a label is dealt to.

    Attributes:
        n_rows: lines that were added.
        held: those that are not written yet.
        held_bytes: of these.
    """

    def __init__(self, writer: FrameWriter, shard: int, part_of: Callable[[str], int]) -> None:
        self._writer = writer
        self._shard = shard
        self._part_of = part_of
        self.held: list[Line] = []
        self._blocks: list[tuple[object, ...]] = []
        self.n_rows = 0
        self.held_bytes = 0

    def add(self, line: Line) -> None:
        """Take a line, in the order of the documents."""
        self.held.append(line)
        self.held_bytes += len(line.data)
        self.n_rows += 1
        if self.held_bytes >= RUN_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write the run that is held, a frame a block."""
        lines, self.held, self.held_bytes = self.held, [], 0
        order = in_order([x.label for x in lines], [x.steps for x in lines], self._part_of)
        in_run = (lines[i] for i in order.tolist())
        for (label, steps), group in groupby(in_run, key=itemgetter(0, 1)):
            for block in _blocks(group):
                frame = self._writer.write_frame(b"".join(line.data for line in block))
                segments, n_chars = sum(x.segments for x in block), sum(x.n_chars for x in block)
                row = (label, steps, self._shard, *frame, len(block), segments, n_chars)
                self._blocks.append(row)

    def blocks(self) -> pa.Table:
        """Where each block is: :data:`curate.pipeline.emit.hplt_plan.BLOCKS`, as they lie."""
        rows = self._blocks
        columns = zip(*rows, strict=True) if rows else [()] * len(BLOCKS)
        return pa.table([pa.array(c, f.type) for c, f in zip(columns, BLOCKS, strict=True)], BLOCKS)


def _blocks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """The lines in order, as many together as a frame holds."""
    block: list[Line] = []
    size = 0
    for line in lines:
        if block and size + len(line.data) > FRAME_BYTES:
            yield block
            block, size = [], 0
        block.append(line)
        size += len(line.data)
    if block:
        yield block
