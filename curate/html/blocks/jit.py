"""The kernels here are compiled as those that read the page."""

from curate.html.markup.jit import inner, kernel

__all__ = ["inner", "kernel"]
