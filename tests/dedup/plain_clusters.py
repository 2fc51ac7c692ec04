"""Clusters again, written for reading: what the compiled ones are held against."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from curate.dedup.bands import estimate_similarity
from curate.dedup.components import ClusterParams
from curate.text.hashing import I64, U8, U64

Rows = tuple[U64, U8, U64, I64]
Edges = list[tuple[int, int]]


class Plain:
    """The same clustering, written for reading: lists, sets and recursion."""

    def __init__(self, rows: Rows, params: ClusterParams) -> None:
        self.params = params
        keys, signed, order, n_chars = (a.tolist() for a in rows)
        canonical = sorted(
            range(len(order)),
            key=lambda i: (-n_chars[i], order[i], keys[i][::-1], signed[i][::-1]),
        )
        copies: dict[tuple[tuple[int, ...], ...], list[int]] = {}
        for row in canonical:
            copies.setdefault((tuple(keys[row]), tuple(signed[row])), []).append(row)
        self.keys = [k for k, _ in copies]
        self.signed = [np.array(s, np.uint8) for _, s in copies]
        self.rows = list(copies.values())
        self.n_candidates = self.n_verified = 0

    def similarity(self, a: int, b: int) -> float:
        return float(estimate_similarity(self.signed[a], self.signed[b]))

    def reaches(self, a: int, b: int, least: float) -> bool:
        return self.similarity(a, b) >= least - 1e-9

    def edges_of_run(self, run: list[int], band: int) -> Edges:
        edges: Edges = []
        while len(run) > 1:
            centre, *others = run
            run = []
            for other in others:
                is_edge = not self.params.verify or self.reaches(
                    centre, other, self.params.min_similarity
                )
                is_new = all(self.keys[centre][b] != self.keys[other][b] for b in range(band))
                self.n_candidates += is_new
                self.n_verified += is_new and is_edge
                (edges if is_edge else run).append((centre, other) if is_edge else other)  # type: ignore[arg-type]
        return edges

    def edges(self) -> Edges:
        edges: Edges = []
        for band in range(len(self.keys[0]) if self.keys else 0):
            runs: dict[int, list[int]] = defaultdict(list)
            for i, keys in enumerate(self.keys):
                runs[keys[band]].append(i)
            for run in runs.values():
                edges += self.edges_of_run(run, band)
        return edges

    def components(self, members: set[int], edges: Edges) -> list[set[int]]:
        left, found = set(members), []
        while left:
            found.append(self.reached({min(left)}, members, edges))
            left -= found[-1]
        return found

    def reached(self, start: set[int], allowed: set[int], edges: Edges) -> set[int]:
        reached, size = set(start), 0
        while len(reached) != size:
            size = len(reached)
            for a, b in edges:
                if {a, b} <= allowed and reached & {a, b}:
                    reached |= {a, b}
        return reached

    def led(self, edges: Edges) -> list[set[int]]:
        """Each in turn joins the leader of an earlier neighbour that it is most like, or leads."""
        leader: list[int] = []
        for i in range(len(self.keys)):
            known = {leader[a] for a, b in edges if b == i}
            least = self.params.min_representative_similarity
            able = [x for x in known if self.reaches(x, i, least)]
            leader.append(min(able, key=lambda x: (-self.similarity(x, i), x)) if able else i)
        return [{i for i, own in enumerate(leader) if own == x} for x in set(leader)]

    def partition(self) -> set[frozenset[int]]:
        edges = self.edges()
        if self.params.verify and self.params.min_representative_similarity:
            found = self.led(edges)
        else:
            found = self.components(set(range(len(self.keys))), edges)
        return {frozenset(r for i in part for r in self.rows[i]) for part in found}
