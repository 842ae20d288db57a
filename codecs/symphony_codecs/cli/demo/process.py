"""The other process as the demo holds it: started, given so much time, ended in any case."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import threading

from collections.abc import Sequence
from types import TracebackType
from typing import IO, Final, Self

from ...registry import get_codec
from .blocks import Order, read_block, write_block


__all__ = ["COMMAND", "Peer", "PeerError"]

# -P: what lies in the working directory is input, not code.
COMMAND: Final = (sys.executable, "-P", "-m", "symphony_codecs.cli.demo.peer")
_GRACE_SECONDS: Final = 5.0


class PeerError(Exception):
    """The other process does not answer, or not any more."""


class Peer:
    """
    Another process that answers; a context manager, which ends it.

    Args:
        timeout: When to end it in any case, in seconds from its start.
        command: What to run.
    """

    def __init__(self, timeout: float, command: Sequence[str] = COMMAND) -> None:
        self._timeout = timeout
        self._json = get_codec("json")
        # A file, not a pipe: nobody reads it while the process runs.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._late = False
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the interpreter itself
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._complaints
            )
        except OSError as exc:
            self._complaints.close()
            raise PeerError(f"the other process does not start: {exc}") from exc
        self._watch = threading.Timer(timeout, self._end)
        self._watch.daemon = True
        self._watch.start()

    def _end(self) -> None:
        self._late = True
        self._process.kill()

    def ask(self, order: Order, data: bytes) -> tuple[bytes, bytes]:
        """
        Send one document, and return the answer and the document as it came back.

        Raises:
            PeerError: There is no answer.
        """
        requests, answers = self._pipes()
        try:
            write_block(requests, self._json.encode(order))
            write_block(requests, data)
            requests.flush()
            answer, echo = read_block(answers), read_block(answers)
        except (OSError, EOFError, ValueError) as exc:
            raise PeerError(self._reason()) from exc
        if answer is None or echo is None:
            raise PeerError(self._reason())
        return answer, echo

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        return requests, answers

    def _reason(self) -> str:
        if self._late:
            return f"the other process did not answer within {self._timeout:g} s"
        try:
            code = self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            return "the other process sends no more answers"
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return f"the other process ended with exit code {code}" + (f": {lines[-1]}" if lines else "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        requests, answers = self._pipes()
        with contextlib.suppress(OSError):
            requests.close()  # its loop ends here
        try:
            if kind is not None:
                self._process.kill()
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self._watch.cancel()
            answers.close()
            self._complaints.close()
