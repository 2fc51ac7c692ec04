"""The GPUs of this machine, and which of them a task sees."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "CUDA_VISIBLE_DEVICES"

Seat = tuple[str, ...]
"""Devices that a task has, whole or in part, as the variable names them."""

_NVIDIA = re.compile(r"nvidia\d+")
_OTHERS = ("kfd", "dxg")  # AMD's, and Windows' for its subsystem of Linux


def visible(
    environment: Mapping[str, str] = os.environ, devices: Path = Path("/dev")
) -> tuple[str, ...]:
    """Names of the GPUs that a process started here would see.

    Device files may begin with another number than 0, as in containers that were given a few of a
    machine's: CUDA counts what is there from 0. What :data:`VARIABLE` names, also by UUID or as a
    part of a device, it takes up to the first that is none.
    """
    names = {path.name for path in devices.glob("*")} if devices.is_dir() else set()
    n = sum(_NVIDIA.fullmatch(name) is not None for name in names)
    if not n and names.isdisjoint(_OTHERS):
        return ()
    setting = environment.get(VARIABLE)
    if setting is None:
        return tuple(map(str, range(n or 1)))
    gpus: list[str] = []
    for name in (part.strip() for part in setting.split(",")):
        if not name or name.startswith("-") or name in gpus:
            break
        gpus.append(name)
    return tuple(gpus)


def seats(devices: tuple[str, ...], num_gpus: float) -> list[Seat]:
    """Where tasks that ask for ``num_gpus`` each can run at a time; the first are far apart.

    >>> seats(("0", "1"), 0.5)
    [('0',), ('1',), ('0',), ('1',)]
    >>> seats(("0", "1", "2"), 2)
    [('0', '1')]
    """
    if not devices or num_gpus <= 0:
        return []
    if num_gpus <= 1:
        return [(device,) for _ in range(int(1 / num_gpus)) for device in devices]
    n = min(math.ceil(num_gpus), len(devices))
    return [devices[i : i + n] for i in range(0, len(devices) - n + 1, n)]
