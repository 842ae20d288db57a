"""``python -m symphony_codecs``: the command line, if the extra ``cli`` is there."""

from __future__ import annotations

import sys

from collections.abc import Sequence
from typing import Final


__all__ = ["main"]

_NEEDED: Final = frozenset({"cyclopts", "rich"})


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Args:
        arguments: What follows the program's name; by default those that the
            process was started with.

    Returns:
        The exit code: 0; 1 for bad data and what failed; 2 for bad usage, or
        without the extra ``cli``.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["convert"]:
        from .cli.convert.processes import prepare_early

        prepare_early(arguments)
    try:
        from .cli.app import run

        return run(arguments)
    except ModuleNotFoundError as exc:
        if exc.name is None or exc.name.partition(".")[0] not in _NEEDED:
            raise
        print(
            f"symphony: the command line needs {exc.name}: install it with pip install 'symphony-types[cli]'",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
