"""Texts given to a model in batches, which are halved where memory does not suffice."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence

from curate.classify.classifier import F32


def longest_first(lengths: Sequence[int], batch: int) -> list[list[int]]:
    """Texts in batches of like lengths, the longest first; ties in their order.

    So little is padded, and what does not fit into memory fails at once.
    """
    order = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    return [order[i : i + batch] for i in range(0, len(order), batch)]


class Batches:
    """Runs a model on batches and remembers which size was too much for its device.

    Args:
        is_of_memory: whether an error of the model says that memory ran out.
        let_go: gives back what the failed attempt holds.
    """

    def __init__(
        self, is_of_memory: Callable[[Exception], bool], let_go: Callable[[], None] = lambda: None
    ) -> None:
        self._is_of_memory = is_of_memory
        self._let_go = let_go
        self._too_much: float = math.inf
        """Tokens, padding included, of the smallest batch that did not fit."""

    def run(
        self, lengths: Sequence[int], most: int, run: Callable[[list[int]], F32]
    ) -> Iterator[tuple[list[int], F32]]:
        """Places of texts, and the model's answer for them, until each text has one.

        Args:
            lengths: tokens of each text.
            most: texts of a batch.
            run: the model, for the texts at some places.

        Raises:
            MemoryError: one text alone does not fit.
        """
        todo = deque(longest_first(lengths, most))
        while todo:
            batch = todo.popleft()
            n_tokens = len(batch) * lengths[batch[0]]
            scores = None
            if len(batch) == 1 or n_tokens < self._too_much:
                scores = self._tried(batch, n_tokens, run)
            if scores is not None:
                yield batch, scores
                continue
            middle = (len(batch) + 1) // 2
            todo.extendleft((batch[middle:], batch[:middle]))

    def _tried(
        self, batch: list[int], n_tokens: int, run: Callable[[list[int]], F32]
    ) -> F32 | None:
        """The answer; None if there was no room for it."""
        try:
            return run(batch)
        except Exception as error:
            if not self._is_of_memory(error):
                raise
            if len(batch) == 1:
                raise MemoryError(
                    f"no memory for a text of {n_tokens} tokens: {str(error)[:200]}. To do: set a "
                    "smaller `max_tokens` of the classifier, or let fewer tasks share the device"
                ) from None
        # out of the block above, where the error still holds what the model had allocated
        self._too_much = min(self._too_much, n_tokens)
        self._let_go()
        return None
