"""`symphony demo`: it shows the codecs at work in 80 columns, and reports failures."""

from __future__ import annotations

import sys

from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from symphony_codecs import DecodeError, get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.cli import demo
from symphony_codecs.cli._demo_peer import Order


def outcome(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["demo", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_everything_is_shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows formats with sizes, refusals with codes, two processes and the policy, in ASCII within 80 columns."""
    monkeypatch.setenv("COLUMNS", "40")
    code, out, err = outcome(capsys)

    assert (code, err) == (0, "")
    assert all(len(line) <= 80 for line in out.splitlines())
    assert out.isascii()
    words = " ".join(out.split())
    for name in demo.FORMATS:
        assert f" {name} {len(get_codec(name).encode(demo.ORDER, Order))} " in words
    for code_of in ("missing_field", "out_of_range", "wrong_type", "invalid_value", "syntax", "too_deep"):
        assert f"{code_of}: " in out
    assert "agreed: msgpack-compact, of msgpack-compact, msgpack, cbor, json; checksum yes" in out
    assert "stdio newline json" in words
    assert out.endswith("All values came back equal, and every bad document was refused.\n")


def test_bad_documents_are_refused() -> None:
    """Each bad document is refused, and differs from the good one."""
    for _, data, name in demo.bad_documents():
        assert data != get_codec(name).encode(demo.ORDER, Order)
        with pytest.raises(DecodeError):
            get_codec(name).decode(data, Order)


def _python(script: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-c", script)


_OTHER = """
import asyncio, attrs
from symphony_codecs.channels.asyncio import serve
from symphony_codecs.cli._demo_peer import PROFILE, Order
async def answer(channel):
    async for order in channel:
        await channel.send(attrs.evolve(order, {change}))
async def main():
    async with serve("stdio:", answer, Order, profile=PROFILE) as server:
        await server.serve_forever()
asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("command", "timeout", "says"),
    [
        (("/no/such/program",), "20", "expected a process, got "),
        (_python("raise SystemExit(7)"), "20", "the other process: "),
        (_python("print('hello'); input()"), "20", "bad_magic"),
        (_python("input()"), "0.5", "the other process did not answer within 0.5 s"),
        (
            _python(_OTHER.format(change="note='other', confirmed_by=1")),
            "20",
            "sent another order back",
        ),
        (_python(_OTHER.format(change="note=None")), "20", "sent another order back"),
    ],
)
def test_a_process_that_fails(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    timeout: str,
    says: str,
) -> None:
    """A process that does not start, ends, hangs or answers wrongly gives exit code 1 and a line with the reason."""
    monkeypatch.setattr(demo, "PEER", command)
    code, _, err = outcome(capsys, "--timeout", timeout)

    assert code == 1
    assert says in err
    assert err.count("\n") == 1


def test_failures_end_the_demo(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that comes back changed, and a bad document that is accepted, end the demo with exit code 1."""

    def good() -> Iterator[tuple[str, bytes, str]]:
        yield "nothing is wrong", get_codec("json").encode(demo.ORDER, Order), "json"

    class Changing:
        name = "json"

        def encode(self, value: Any, as_type: Any) -> bytes:
            return get_codec("json").encode(attrs.evolve(value, note="changed"), as_type)

        def decode(self, data: bytes, as_type: Any) -> Any:
            return get_codec("json").decode(data, as_type)

    monkeypatch.setattr(demo, "bad_documents", good)
    code, _, err = outcome(capsys)
    assert (code, err) == (1, "symphony: json: a document was read in which nothing is wrong\n")
    monkeypatch.setattr(demo, "get_codec", lambda _: Changing())
    code, _, err = outcome(capsys)
    assert (code, err) == (1, "symphony: json: the order did not come back as it was\n")


def test_bad_usage(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A time-out of 0 and a policy that cannot be read are bad usage."""
    assert outcome(capsys, "--timeout", "0")[::2] == (2, "symphony: expected a time-out above 0, got 0\n")
    monkeypatch.setenv("SYMPHONY_TCP_CHECKSUM", "perhaps")
    code, _, err = outcome(capsys)
    assert (code, "SYMPHONY_TCP_CHECKSUM: expected true, false, 1 or 0" in err) == (2, True)
