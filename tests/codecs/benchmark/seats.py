"""Contenders for processes of their own, which find them here by name."""

from __future__ import annotations

import json
import os
import sys
import time

from symphony_codecs.benchmark import Contender
from tests.codecs.benchmark.fakes import contender, dumps


VALUES = [{"n": n} for n in range(3)]


def honest():
    """Print, which must not get in between; take a while to read nothing, so that nobody measures zero."""

    def encode(value):
        sys.stdout.write("noise\n")
        return dumps(value)

    return contender(encode=encode), VALUES


def once():
    """Can be made but once in a process: whoever makes it for a first call must have made it nowhere before."""
    made = []

    def make(function):
        def new():
            if function in made:
                raise RuntimeError("made again")
            made.append(function)
            return function

        return new

    return Contender(name="once", format="json", encode=make(dumps), decode=make(json.loads)), VALUES


def tells(name):
    """Write a variable of the environment, whatever the value."""
    return contender(encode=lambda _: dumps(os.environ[name])), ["told"]


def liar():
    """Give something else back."""
    return contender(decode=lambda _: None), VALUES


def crashes():
    """End the process when something is written, and say so."""

    def encode(_):
        sys.stderr.write("first\nlast words\n")
        sys.stderr.flush()
        os._exit(3)

    return contender(encode=encode), VALUES


def hangs():
    """Read for an hour, but for the check."""
    calls = []

    def decode(data):
        calls.append(data)
        if len(calls) > 1:
            time.sleep(3600)
        return json.loads(data)

    return contender(decode=decode), VALUES[:1]
