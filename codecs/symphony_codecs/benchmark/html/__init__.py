"""
A report as one page of HTML: plots, a sortable table, method, versions and machine.

The page needs no network and no other file. Needs the extra ``report``.
"""

from __future__ import annotations

from .page import check_installed, render_html


__all__ = ["check_installed", "render_html"]
