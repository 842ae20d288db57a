"""The program: its commands, and what becomes of their errors."""

from __future__ import annotations

import errno
import os
import sys

from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError, Parameter

from .errors import CommandError, printable
from .streams import console


__all__ = ["app", "run"]

# By import path, so that a command loads no module but its own; the list of commands loads none.
_COMMANDS: Final = (
    ("demo", "demo:demo", "Show the codecs at work: formats, refusals, a channel, the policy."),
    ("formats", "formats:formats", "List the formats, those of plug-ins too."),
    ("encode", "transcode:encode", "Write JSON in another format."),
    ("decode", "transcode:decode", "Write a document as JSON."),
    ("convert", "convert.command:convert", "Turn a document, or a stream of records, into another format."),
    ("explain", "explain:explain", "Show how values of a type are read or written."),
    ("schema", "schema.command:program", "Describe documents of a type in a schema language."),
    ("bench", "bench:bench", "Measure the formats on your own type and data, next to other libraries."),
    ("recommend", "recommend:recommend", "Choose a format for each transport, from measurements of your own type."),
    (
        "transports",
        "transports:transports",
        "Show the formats and limits of each transport, and where each setting comes from.",
    ),
    ("serve", "serve:serve", "Listen, print every message, and answer echo and ping."),
    ("send", "send:send", "Send a request, and print the answer."),
    ("inspect", "inspect.command:inspect", "Show a captured stream frame by frame, and what is wrong where."),
)

# With these cyclopts prints, and needs a console.
_PRINTED: Final = frozenset({"--help", "-h", "--version"})

# What a write to standard output fails with: no room, or it is closed. Commands report what files of theirs fail with.
_UNWRITABLE: Final = frozenset(
    {errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF, getattr(errno, "EDQUOT", errno.ENOSPC)}
)

_INTERRUPTED: Final = 130
_BROKEN_PIPE: Final = 141


def _version() -> str:
    from importlib import metadata

    return metadata.version("symphony-types")


def app() -> App:
    """Make the program."""
    program = App(
        name="symphony",
        help="Look at Symphony's messages, and turn them from one format into another.",
        help_format="markdown",
        help_epilogue="Exit codes: 0 done, 1 bad data or a failure, 2 bad usage or a file that cannot be used.",
        version=_version,
        default_parameter=Parameter(negative="", show_default=False),
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    for order, (name, path, summary) in enumerate(_COMMANDS):
        program.command(f"symphony_codecs.cli.{path}", name=name, help=summary, sort_key=order)
    return program


def run(arguments: Sequence[str]) -> int:
    """
    Run one command.

    Args:
        arguments: The words after the program's name.

    Returns:
        The exit code: 0 done, 1 bad data, 2 bad usage, 130 interrupted, 141
        nobody reads the output any more.
    """
    _open_closed()
    try:
        is_printed = not arguments or not _PRINTED.isdisjoint(arguments)
        result = app()(arguments, console=console() if is_printed else None)
        sys.stdout.flush()
    except CommandError as exc:
        return _complain(exc.lines, exc.exit_code)
    except CycloptsError as exc:
        command = " ".join(("symphony", *(exc.command_chain or ())))
        return _complain((" ".join(str(exc).split()), f"try {command} --help"), 2)
    except BrokenPipeError:
        _let_go()
        return _BROKEN_PIPE
    except OSError as exc:
        if exc.errno not in _UNWRITABLE:
            raise
        _let_go()
        return _complain([f"cannot write {exc.filename or 'standard output'}: {exc.strerror}"], 1)
    except KeyboardInterrupt:
        return _INTERRUPTED
    return result if isinstance(result, int) else 0


def _complain(lines: Sequence[str], code: int) -> int:
    for line in lines:
        sys.stderr.write(f"symphony: {printable(line)}\n")
    return code


def _open_closed() -> None:
    """Give closed standard streams descriptors on which nothing can be read or written, so that no file gets theirs."""
    for name, flags, mode in (("stdin", os.O_WRONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), mode, encoding="utf-8"))


def _let_go() -> None:
    """Point standard output nowhere, or the interpreter complains when it flushes at its end."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - devnull is no path on every system
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
