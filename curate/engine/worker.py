"""A worker process of the local engine: ``python -m curate.engine.worker FD PARENT``.

It reads requests from the socket ``FD`` and answers there. A reading thread waits for the next
request all the time, so that the end of the driver, however sudden, ends the worker at once and
no task goes on as a zombie. That thread stands still while a task is inside C code; there Linux
ends the worker.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
from multiprocessing.connection import Connection

from curate.engine.parent import die_with
from curate.engine.run_task import run_json


def _listen(connection: Connection, inbox: queue.SimpleQueue[str]) -> None:
    try:
        while True:
            inbox.put(connection.recv_bytes().decode())
    except (EOFError, OSError):
        os._exit(1)


def main(descriptor: int, parent: int) -> None:
    """Serve until the driver is gone."""
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the driver, which ends us
    connection = Connection(descriptor)
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, inbox), daemon=True).start()
    while True:
        connection.send_bytes(run_json(inbox.get()).encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
