"""
A report as one page of HTML: plots, a sortable table, method, versions and machine.

The page needs no network and no other file. Needs the extra ``report``.
"""

from __future__ import annotations

from .page import render_html


__all__ = ["render_html"]
