"""
A conversation with a foreign program, over its stdin and stdout.

This end uses our framing and codec; the program uses its own.  Each document
from the program is decoded, and encoding the result has to give the same
document, or the conversation fails.

No wait is unlimited: when the conversation's time is over, the program is
killed, which ends all reads and writes.
"""

from __future__ import annotations

import os
import queue
import random
import subprocess
import tempfile
import threading
import time

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeAlias

from symphony_codecs import get_codec
from symphony_codecs.framing.framings import get_framing
from symphony_types import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse


Message: TypeAlias = JsonRpcRequest | JsonRpcNotification | JsonRpcResponse
Answers: TypeAlias = Mapping[str, Callable[[Any], Any]]

JSON = get_codec("json").with_options(strict=True, unknown_fields="forbid")


def pieces(data: bytes, rng: random.Random) -> list[bytes]:
    """Return *data* cut at random places, mostly into small pieces."""
    found = []
    while data:
        size = rng.choice([1, 2, 3, rng.randint(1, 40), rng.randint(1, 5000)])
        found.append(data[:size])
        data = data[size:]
    return found


class Child:
    """
    A running program and its messages so far.

    Args:
        command: The command that starts it.
        framing: The framing that it uses.
        answers: By method, the functions that make answers to its requests
            from their parameters; a request with another method fails the
            conversation.
        env: Variables to add to this process's environment.
        seconds: How long the conversation may take, in seconds.

    Attributes:
        asked: The requests of the program that were answered.
        said: All of its messages, in order.
    """

    def __init__(
        self,
        command: Sequence[str],
        framing: str,
        *,
        answers: Answers | None = None,
        env: Mapping[str, str] | None = None,
        seconds: float = 100.0,
    ) -> None:
        self.asked: list[JsonRpcRequest] = []
        self.said: list[Message] = []
        self._encoder = get_framing(framing).encoder()
        self._decoder = get_framing(framing).decoder()
        self._answers = answers or {}
        self._next_id = 0
        self._inbox: queue.Queue[Message | Exception | None] = queue.Queue()
        self._responses: dict[Any, JsonRpcResponse] = {}
        self._notifications: deque[JsonRpcNotification] = deque()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **(env or {})},
            bufsize=0,
        )
        self._until = time.monotonic() + seconds
        self._timer = threading.Timer(seconds, self._process.kill)
        self._timer.start()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.kill()
        self._timer.cancel()
        self._timer.join()
        self._reader.join()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        code = self._process.wait()
        if error is not None:
            self._errors.seek(0)
            errors = self._errors.read().decode(errors="replace")
            error.add_note(f"the program's last messages: {self.said[-3:]}")
            error.add_note(f"the program ended with {code} and said on stderr:\n{errors[-5000:]}")
        self._errors.close()

    # Out

    def wrap(self, message: Message) -> bytes:
        """Return the bytes of *message*, framing included."""
        return self._encoder.encode(JSON.encode(message, Message))

    def write(self, data: bytes) -> None:
        """Write raw bytes."""
        assert self._process.stdin is not None
        rest = memoryview(data)
        while rest:
            rest = rest[self._process.stdin.write(rest) :]

    def send(self, *messages: Message) -> None:
        """Write messages."""
        for message in messages:
            self.write(self.wrap(message))

    def make(self, method: str, params: Any = None) -> JsonRpcRequest:
        """Return a request with a new id."""
        self._next_id += 1
        return JsonRpcRequest(method=method, params=params, id=self._next_id)

    def request(self, method: str, params: Any = None) -> Any:
        """Send a request and return its id; `response` waits for the answer."""
        message = self.make(method, params)
        self.send(message)
        return message.id

    def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self.send(JsonRpcNotification(method=method, params=params))

    # In

    def response(self, request: Any) -> JsonRpcResponse:
        """Wait for the response to the request with the id *request*."""
        while request not in self._responses:
            self._receive()
        return self._responses.pop(request)

    def call(self, method: str, params: Any = None) -> Any:
        """Send a request, wait, and return its result; fail without a result."""
        response = self.response(self.request(method, params))
        assert response.error is None, response.error
        return response.result

    def notification(self, method: str, wanted: Callable[[Any], bool] = lambda params: True) -> Any:
        """Wait for a notification of *method* that is *wanted*, and return its parameters; earlier ones are dropped."""
        while True:
            while self._notifications:
                found = self._notifications.popleft()
                if found.method == method and wanted(found.params):
                    return found.params
            self._receive()

    def answered(self) -> list[Any]:
        """Return the ids of the requests that were answered, in the order of the answers."""
        return [message.id for message in self.said if isinstance(message, JsonRpcResponse)]

    def end(self, *, hang_up: bool = True) -> int:
        """Wait until the program has exited, after ending its input unless told not to, and return its exit code."""
        if hang_up:
            assert self._process.stdin is not None
            self._process.stdin.close()
        while self._take() is not None:
            pass
        return self._process.wait(self._left())

    # Private

    def _left(self) -> float:
        return max(0.0, self._until - time.monotonic())

    def _take(self) -> Message | None:
        """Wait for the next message, or for ``None`` at the end, and store it for the caller."""
        try:
            message = self._inbox.get(timeout=self._left())
        except queue.Empty:
            raise TimeoutError("expected a message, got none within the conversation's time") from None
        if isinstance(message, Exception):
            raise message
        if message is not None:
            self.said.append(message)
            if isinstance(message, JsonRpcResponse):
                assert message.id not in self._responses, message
                self._responses[message.id] = message
            elif isinstance(message, JsonRpcNotification):
                self._notifications.append(message)
        return message

    def _receive(self) -> None:
        """Wait for a message, and answer it if it is a request."""
        message = self._take()
        if message is None:
            raise EOFError("expected a message, got the end of the program's output")
        if isinstance(message, JsonRpcRequest):
            assert message.method in self._answers, message
            self.send(JsonRpcResponse.success(self._answers[message.method](message.params), message.id))
            self.asked.append(message)

    def _read(self) -> None:
        """Decode the program's output until it ends; in a thread, so that the program never waits for us to read."""
        assert self._process.stdout is not None
        plain: Any = JSON.decode
        try:
            while data := os.read(self._process.stdout.fileno(), 65536):
                self._decoder.feed(data)
                for document in self._decoder:
                    message: Message = plain(document, Message)
                    again = JSON.encode(message, Message)
                    assert plain(again, Any) == plain(document, Any), bytes(document)
                    self._inbox.put(message)
            self._decoder.feed_eof()
            self._decoder.next_message()
        except Exception as error:  # noqa: BLE001 - the test's thread raises the error
            self._inbox.put(error)
        else:
            self._inbox.put(None)
