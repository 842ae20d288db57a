"""
MkDocs hook: pages whose commands run when the site is built, so that their output is that of this version.

The commands run as in the tests, by the same module; a command that exits with another code than its page says fails
the build.
"""

from __future__ import annotations

import sys

from pathlib import Path
from typing import Any


def on_page_markdown(markdown: str, *, config: Any, **_: Any) -> str:
    """Add the output of commands to a page that asks for it."""
    root = str(Path(config.config_file_path).parent)
    if root not in sys.path:
        sys.path.append(root)
    from tests.transcripts import LIVE, replayed

    return replayed(markdown) if LIVE in markdown.splitlines() else markdown
