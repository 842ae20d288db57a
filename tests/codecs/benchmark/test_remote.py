"""Contenders in processes of their own: what comes back, and what becomes of those that lie, raise or crash."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading

import attrs
import pytest

from symphony_codecs.benchmark import RemoteSubject, Row, Settings, measure_subjects, remote
from symphony_codecs.benchmark.subject import ContenderError
from symphony_codecs.benchmark.worker import answers
from tests.codecs.benchmark.seats import VALUES


SEATS = "tests.codecs.benchmark.seats"
QUICK = Settings(rounds=2, first_calls=2, batch_ns=1)
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here")


def subject(seat, *arguments, first_calls=0, **more):
    return RemoteSubject(
        name=seat,
        format="json",
        role="peer",
        factory=f"{SEATS}:{seat}",
        arguments=arguments,
        first_calls=first_calls,
        **more,
    )


def test_figures_come_back():
    """A contender over there is measured as one here; whatever it prints is in nobody's way."""
    with subject("honest", first_calls=2) as one:
        (row,) = measure_subjects([one], QUICK, lambda *_: None)
    documents = [json.dumps(value).encode() for value in VALUES]
    assert (row.contender, row.format, row.role, row.error) == ("honest", "json", "peer", None)
    assert row.size == sum(map(len, documents)) / len(documents)
    assert row.decode_stream.rounds == row.encode_first.rounds == 2
    assert row.decode_stream.median_ns > 0
    assert row.decode_peak > 0
    assert row.held is None or row.held > 0
    assert one._process is None


@forks
def test_first_calls_are_the_first():
    """Each first call is made in a copy of a process in which nobody has called anything before."""
    with subject("once", first_calls=2) as one:
        one.check()
        assert min(one.first()) > 0
        assert min(one.first()) > 0
        with pytest.raises(ContenderError, match="made again"):
            one.first()


def test_environment():
    """A process gets the variables that its contender needs, besides those of this one."""
    with subject("tells", "OF_ITS_OWN", environ={"OF_ITS_OWN": "told"}) as one:
        assert one.check().plain == len('"told"')
    assert "OF_ITS_OWN" not in os.environ


@pytest.mark.parametrize(
    ("seat", "reason"),
    [
        ("liar", "value 3 of 3 does not come back the same"),
        ("crashes", "its process ended with 3: last words"),
        ("nobody", "AttributeError: module 'tests.codecs.benchmark.seats' has no attribute 'nobody'"),
    ],
)
def test_who_fails_there_has_failed(seat, reason):
    """Who lies, crashes or cannot be made is a row with the reason, and without figures."""
    with subject(seat) as one:
        (row,) = measure_subjects([one], attrs.evolve(QUICK, first_calls=0), lambda *_: None)
    assert row == Row(contender=seat, format="json", role="peer", error=reason)


def test_close(monkeypatch):
    """Closing ends a process that hangs, and may be done twice; before it begins there is nothing to ask."""
    monkeypatch.setattr(remote, "_END_SECONDS", 0.05)
    one = subject("hangs")
    with pytest.raises(ContenderError, match="has not been started"):
        one.first()
    one.check()
    process = one._process
    process.stdin.write('["run", "decode_hot", 1]\n')
    process.stdin.flush()
    one.close()
    one.close()
    assert process.returncode == -signal.SIGKILL


def test_answers():
    """A worker's answers are results or reasons, one for each command, and an error ends nothing."""
    commands = [[f"{SEATS}:honest", [], 0], ["check"], ["run", "decode_stream", 2], ["nothing"], ["first"], ["weigh"]]
    made, sizes, taken, wrong, first, weights = answers(iter(commands))
    assert made == {"ok": None}
    assert sizes["ok"][0] == len(VALUES)
    assert taken["ok"] > 0
    assert wrong["error"].startswith("AttributeError: ")
    assert len(first["ok"]) == 2
    assert len(weights["ok"]) == 3


def test_a_process_with_threads_is_not_copied():
    """A thread may hold a lock, which nobody would free in the copy, and Python warns of that."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    try:
        made, _, first, weights = answers(iter([[f"{SEATS}:honest", [], 2], ["check"], ["first"], ["weigh"]]))
    finally:
        end.set()
        thread.join()
    assert made == {"ok": None}
    assert len(first["ok"]) == 2
    assert weights["ok"][2] is None


IN_FORK = """
import os
from symphony_codecs.benchmark.subject import ContenderError
from symphony_codecs.benchmark.worker import in_fork
kept = []
print(in_fork(lambda: kept.append(1) or len(kept)), kept)
for call in (lambda: {}["a"], lambda: os._exit(7)):
    try:
        in_fork(call)
    except ContenderError as exc:
        print(exc)
"""


@forks
def test_in_fork():
    """What a copy of the process does stays there; its result, or why there is none, comes back."""
    got = subprocess.run([sys.executable, "-W", "error", "-c", IN_FORK], capture_output=True, text=True, timeout=60)
    assert got.stdout.splitlines() == ["1 []", "KeyError: 'a'", "its process ended with 7"]
    assert got.stderr == ""
