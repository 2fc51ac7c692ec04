"""A Ray cluster of a head without a CPU and two nodes, which are killed when a line comes in.

``python -m tests.faults.lost_nodes FOLDER``: Ray keeps its files in FOLDER. It says the address of
the cluster, and that the nodes are gone, and ends at the second line.
"""

from __future__ import annotations

import sys

from tests.pipeline.two_nodes import two_nodes


def main(folder: str) -> None:
    """Keep the cluster as long as it is asked for."""
    with two_nodes(folder) as cluster:
        _say(cluster.address)
        sys.stdin.readline()
        for node in list(cluster.worker_nodes):
            cluster.remove_node(node, allow_graceful=False)
        _say("gone")
        sys.stdin.readline()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
