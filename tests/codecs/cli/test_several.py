"""Options that take several values: with commas where values are names, by repeating them where values hold commas."""

from __future__ import annotations

import typing

from collections.abc import Iterator

import pytest

from cyclopts import App, CoercionError
from cyclopts.argument import Argument

from symphony_codecs.__main__ import main
from symphony_codecs.cli._several import COMMAS
from symphony_codecs.cli.app import app


# Paths, links and types hold commas.
REPEATED = {"--key-file", "--link", "--form"}


def commands(program: App, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """Yield all commands, those of commands too."""
    for name in program:
        if not name.startswith("-"):
            command = program[name]
            yield (*path, name), command
            yield from commands(command, (*path, name))


def options() -> Iterator[tuple[str, Argument]]:
    for path, command in commands(app()):
        for argument in command.assemble_argument_collection():
            if typing.get_origin(argument.hint) in {tuple, list, frozenset, set} and argument.name.startswith("--"):
                yield f"{' '.join(path)} {argument.name}", argument


OPTIONS = dict(options())


@pytest.mark.parametrize("name", OPTIONS)
def test_every_list_has_one_of_two_forms(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Lists of names take commas, and the help shows them; other lists are repeated, and the help says so."""
    parameter = OPTIONS[name].parameter
    *path, option = name.split()
    if option not in REPEATED:
        assert parameter.converter == COMMAS.converter
        assert str(parameter.metavar).endswith(",...")
        return
    assert parameter.converter != COMMAS.converter
    assert main([*path, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "May be repeated" in shown.partition(f" {option} {parameter.metavar} ")[2].partition(" --json")[0]


def test_there_are_such_options() -> None:
    """The walk over the commands finds those of subcommands and of shared classes too."""
    found = {"bench --formats", "schema check --allow", "recommend --transport", "send --format", "inspect --stream"}
    assert found <= set(OPTIONS)


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["--formats", "json,cbor"], ("json", "cbor")),
        (["--formats", "json, cbor"], ("json", "cbor")),
        (["--formats=json,cbor"], ("json", "cbor")),
        (["--formats", "json", "cbor,toml"], ("json", "cbor", "toml")),
        (["--formats", "json,cbor", "--formats", "toml"], ("json", "cbor", "toml")),
        (["--formats", "json"], ("json",)),
        ([], ()),
    ],
)
def test_commas_and_repeats(words: list[str], values: tuple[str, ...]) -> None:
    """Each way of giving several gives the same."""
    _, bound, _ = app().parse_args(["bench", "Version", *words], print_error=False, exit_on_error=False)
    measure = bound.arguments.get("measure")
    assert (measure.formats if measure else ()) == values


@pytest.mark.parametrize(
    "words",
    [
        ["bench", "Version", "--formats", "json,"],
        ["bench", "Version", "--formats", ""],
        ["bench", "Version", "--compress", "zlib,,none"],
        ["bench", "Version", "--compress", "zlib,gzip"],
        ["inspect", "--stream", "1,x"],
        ["schema", "check", "a.json", "b.json", "--allow", "old-readers,none"],
    ],
)
def test_bad_lists(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """An empty or an unknown name between commas is bad usage, which names the option."""
    with pytest.raises(CoercionError):
        app().parse_args(words, print_error=False, exit_on_error=False)
    assert main(words) == 2
    option = next(word for word in words if word.startswith("--"))
    assert f"for {option}" in capsys.readouterr().err
