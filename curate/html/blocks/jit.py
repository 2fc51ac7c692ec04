"""The kernels here are compiled as those that read the page."""

from curate.html.markup.jit import array_kernel, inner, kernel, whole

__all__ = ["array_kernel", "inner", "kernel", "whole"]
