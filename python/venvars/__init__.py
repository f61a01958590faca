"""Secrets that come and go with your virtual environment: the binary `venvars`, as a Python package."""

from ._find_venvars import find_venvars

__all__ = ["find_venvars"]
