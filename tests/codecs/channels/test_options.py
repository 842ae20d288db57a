"""The keywords shared by the functions that open channels: in signatures, in calls, and on the page that lists them."""

from __future__ import annotations

import ast
import asyncio
import inspect

from pathlib import Path

import pytest

from symphony_codecs.channels import asyncio as aio
from symphony_codecs.channels import blocking, options
from symphony_codecs.channels._options import Settings, takes
from symphony_types.checks import FieldError


COMMON = ["policy", "profile", "codec", "key"]
CONNECT = [*COMMON, "tls", "timeout", "max_queue", "raw", "allowed_uids"]
ADMISSION = ["mode", "allowed_uids", "max_connections", "max_connections_per_host", "max_idle", "origins"]
SERVE = [*CONNECT[:-1], *ADMISSION]
KEYWORDS = {
    "connect": CONNECT,
    "reconnect": ["strategy", *CONNECT],
    "serve": ["answer", *SERVE],
    "spawn": ["cwd", "env", "stderr", *COMMON, "timeout", "max_queue", "raw"],
    "pair": [*COMMON[1:], "max_queue"],
}
DEFAULTS = {"timeout": 10.0, "max_queue": 64, "raw": False, "mode": 0o600, "max_connections": 1000, "origins": ()}


@pytest.mark.parametrize("flavour", [aio, blocking])
@pytest.mark.parametrize("name", KEYWORDS)
def test_signatures_show_each_keyword_with_its_default(flavour, name):
    """`help`, editors and wrapping functions see them as if they were written out."""
    signature = inspect.signature(getattr(flavour, name))
    keywords = [each for each in signature.parameters.values() if each.kind is inspect.Parameter.KEYWORD_ONLY]

    assert [each.name for each in keywords] == KEYWORDS[name]
    assert {each.name: each.default for each in keywords if each.name in {*CONNECT, *SERVE}} == {
        each: DEFAULTS.get(each) for each in KEYWORDS[name] if each in {*CONNECT, *SERVE}
    }
    assert not any(each.kind is inspect.Parameter.VAR_KEYWORD for each in signature.parameters.values())


@pytest.mark.parametrize("flavour", [aio, blocking])
@pytest.mark.parametrize(
    ("name", "keyword"),
    [
        ("connect", "mode"),
        ("connect", "max_queue_bytes"),
        ("reconnect", "as_typ"),
        ("serve", "nothing"),
        ("spawn", "tls"),
    ],
)
def test_other_keywords_are_refused_as_everywhere(flavour, name, keyword):
    """Keywords of other functions are refused, too, with Python's own text."""
    with pytest.raises(TypeError, match=rf"^{name}\(\) got an unexpected keyword argument '{keyword}'$"):
        getattr(flavour, name)("stdio:", **{keyword: None})


@pytest.mark.parametrize("flavour", [aio, blocking])
@pytest.mark.parametrize("opens", ["connect", "serve", "spawn", "reconnect"])
@pytest.mark.parametrize(("timeout", "shown"), [("soon", "str 'soon'"), (float("nan"), "nan")])
def test_a_time_out_that_is_not_a_number_is_named(flavour, opens, timeout, shown):
    """The error comes before anything is opened, as for other keywords."""
    arguments = [lambda message: message] if opens == "serve" else []

    async def main():
        opened = getattr(flavour, opens)("unix:///nowhere/at.sock", *arguments, timeout=timeout)
        if opens == "reconnect":
            await anext(aiter(opened)) if flavour is aio else next(iter(opened))
        elif flavour is aio:
            await opened

    with pytest.raises(FieldError, match=rf"^expected a number of seconds, got {shown} at timeout$"):
        asyncio.run(main())


def test_functions_that_pass_keywords_on():
    """A user's function gets the same signature, with its own parameters first."""

    @takes(options.ConnectOptions)
    def dial(name, **given):
        return name, given

    assert list(inspect.signature(dial).parameters) == ["name", *CONNECT]
    assert dial("x", raw=True) == ("x", {"raw": True})


def _described() -> dict[str, dict[str, str]]:
    """Return the text of each keyword of each typed dictionary, from its source."""
    found: dict[str, dict[str, str]] = {}
    for statement in ast.parse(Path(options.__file__).read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.ClassDef):
            texts = found[statement.name] = {}
            for field, text in zip(statement.body, statement.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign):
                    assert isinstance(text, ast.Expr), f"{ast.unparse(field)} has no description"
                    texts[ast.unparse(field.target)] = " ".join(ast.literal_eval(text.value).split())
    return found


def _rows() -> list[str]:
    taken_by = {
        "PairOptions": "all",
        "ChannelOptions": "all but `pair`",
        "ConnectOptions": "`connect`, `reconnect`",
        "ServeOptions": "`serve`",
    }
    rows = []
    for name, texts in _described().items():
        for keyword, text in texts.items():
            default = inspect.signature(Settings).parameters[keyword].default
            shown = f"{default:#o}" if keyword == "mode" else repr(default)
            rows.append(f"| `{keyword}` | `{shown}` | {taken_by[name]} | {text.replace('``', '`')} |")
    return rows


@pytest.mark.checkout
def test_the_page_lists_the_keywords(checkout: Path):
    """The table of docs/channels.md has the texts of the typed dictionaries."""
    page = (checkout / "docs" / "channels.md").read_text(encoding="utf-8").splitlines()
    start = page.index("| Keyword | Default | Of | |")

    assert page[start + 2 : start + 2 + len(_rows())] == _rows()
    assert not page[start + 2 + len(_rows())]
