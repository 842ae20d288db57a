"""Reading while code of the user's works against it: nothing crashes, and what is not the reference's is refused."""

from __future__ import annotations

import gc
import sys
import threading

from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.executor import ENGINE
from tests.codecs.compiled.read_cases import NAMES, Refused, codec_of, decoder, reader


pytestmark = pytest.mark.skipif(ENGINE == "python", reason="there is no engine")

EACH = pytest.mark.parametrize("name", NAMES)


class Hooked:
    """A type whose hook does what a test wants."""


def hooked(name: str, does: Any) -> Codec:
    codec = get_codec(name).copy()
    codec.converter.register_structure_hook(Hooked, lambda value, _: does(value))
    codec.converter.register_unstructure_hook(Hooked, lambda value: value)
    return codec


@attrs.define
class Holder:
    first: Any
    typed: Hooked
    items: list[Hooked]
    last: str = "last"


def _documents(codec: Codec) -> tuple[Any, ...]:
    tree = {"first": ["x"], "typed": 1, "items": [2, 3, 4], "last": "text"}
    return codec.encode(tree), codec.encode(list(tree.values())), codec.encode({**tree, "unknown": [1]})


@attrs.define
class Tree:
    a: int = 0
    down: Tree | None = None
    more: list[Tree] = attrs.Factory(list)


@EACH
@pytest.mark.parametrize("what", ["clear", "pop", "add", "replace"])
@pytest.mark.parametrize("positional", [False, True])
def test_trees_that_are_changed_while_they_are_read(name, what, positional):
    """By the hook of a field, which has got hold of the whole."""
    root: Any = None

    def change(value):
        if value != 1:
            return value
        if what == "clear":
            root.clear()
        elif what == "pop":
            root.pop() if positional else root.pop("last", None)
        elif what == "add":
            root.extend(["new"] * 50) if positional else root.update({f"new{i}": i for i in range(50)})
        elif positional:
            root[:] = [object() for _ in root]
        else:
            for key in root:
                root[key] = object()
        gc.collect()
        return value

    read = reader(hooked(name, change), Holder)
    for _ in range(3):
        root = {"first": ["x"], "typed": 1, "items": [2, 3, 4], "last": "text" * 9}
        if positional:
            root = list(root.values())
        try:
            value = read(root)
        except Refused:
            continue
        assert value.typed == 1


@EACH
@pytest.mark.parametrize(
    "error", [ValueError, RecursionError, MemoryError, StopIteration, ExceptionGroup("", [ValueError()])]
)
def test_exceptions_are_the_references(name, error):
    """Whatever it is that a hook, a constructor, a factory or a check raises."""

    def fail(value):
        raise error

    codec = hooked(name, fail)
    for data in _documents(codec):
        with pytest.raises(Refused):
            decoder(codec, Holder)(data)

    @attrs.define
    class Makes:
        a: int
        made: list[int] = attrs.Factory(lambda: fail(0))

    @attrs.define
    class Constructs:
        a: int

        def __attrs_post_init__(self):
            fail(0)

    @attrs.define
    class Validates:
        a: int

        def validation_errors(self):
            fail(0)

    for cls in (Makes, Constructs, Validates):
        with pytest.raises(Refused):
            decoder(codec, cls)(codec.encode({"a": 1}))


@EACH
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_interrupts_are_passed_on(name, error):
    """They end the call, and the next one works."""
    stops = True

    def stop(value=None):
        if stops:
            raise error
        return value

    @attrs.define
    class Makes:
        a: int
        made: Any = attrs.Factory(stop)

    @attrs.define
    class Constructs:
        a: int

        def __attrs_post_init__(self):
            stop()

    @attrs.define
    class Recursive:
        a: Hooked
        down: Recursive | None = None

    codec = hooked(name, stop)
    deep: Any = {"a": 1}
    for _ in range(50):
        deep = {"down": deep, "a": 2}
    for tp, tree in (
        (Holder, {"first": ["x"], "typed": 1, "items": [2], "last": "text"}),
        (Makes, {"a": 1}),
        (Constructs, {"a": 1}),
        (Recursive, deep),
        (list[Recursive], [deep]),
        (dict[str, Recursive], {"a": deep}),
    ):
        data = codec.encode(tree)
        for call, argument in ((decoder(codec, tp), data), (reader(codec, tp), tree)):
            stops = True
            for _ in range(40):  # so that a level that is not left again would tell
                with pytest.raises(error):
                    call(argument)
            stops = False
            call(argument)


def test_levels_are_left_again():
    """However a recursive type is read, the interpreter's depth is what it was."""

    @attrs.define
    class Recursive:
        a: Hooked
        down: Recursive | None = None

    def interrupt(value):
        if value == 1:
            raise KeyboardInterrupt
        if value == 2:
            raise ValueError
        return value

    codec = hooked("json", interrupt)
    read = reader(codec, Recursive)
    for _ in range(sys.getrecursionlimit()):
        with pytest.raises(KeyboardInterrupt):
            read({"a": 0, "down": {"a": 0, "down": {"a": 1}}})
        with pytest.raises(Refused):
            read({"a": 0, "down": {"a": 0, "down": {"a": 2}}})
    assert read({"a": 0, "down": {"a": 3}}).down.a == 3


@EACH
def test_hooks_that_decode(name):
    """A hook may use the same function, to any depth."""
    again: Any = None
    depth = 0

    def inner(value):
        nonlocal depth
        if depth == 5:
            return value
        depth += 1
        return again(_documents(codec)[0]).last, value

    codec = hooked(name, inner)
    again = decoder(codec, Holder)
    value = again(_documents(codec)[1])
    assert value.typed == ("text", 1)
    assert value.items == [2, 3, 4]

    def endless(value):
        return again(_documents(codec)[0])

    codec = hooked(name, endless)
    again = decoder(codec, Holder)
    with pytest.raises(Refused):
        again(_documents(codec)[0])


@EACH
def test_nothing_half_built_is_seen(name):
    """Whoever asks the collector while a document is read finds whole objects."""

    def look(value):
        for found in gc.get_objects():
            if isinstance(found, (list, dict, tuple, set, Holder)):
                repr(found)
        gc.collect()
        return value

    codec = hooked(name, look)

    @attrs.define
    class Made:
        held: Holder
        made: Any = attrs.Factory(lambda: look([]))

    for data in _documents(codec):
        assert decoder(codec, Holder)(data).items == [2, 3, 4]
        tree = codec.format.loads(data, codec.options.limits, False)
        assert decoder(codec, list[Made])(codec.encode([{"held": tree}] * 2))[1].made == []


@EACH
def test_trees_of_any_depth(name):
    """What a plug-in's `loads` gives may be deeper than the stack; it is read or refused."""
    read = reader(codec_of(name), Tree)
    outcomes = []

    def deep():
        tree: Any = {}
        for at in range(50_000):
            tree = {"down": tree} if at % 2 else {"more": [tree]}
        try:
            outcomes.append(read(tree).a)
        except Refused:
            outcomes.append(0)
        while tree:  # taken apart here, where nothing recurses
            ((key, tree),) = tree.items()
            tree = tree[0] if key == "more" else tree

    limit = sys.getrecursionlimit()
    deep()
    sys.setrecursionlimit(1_000_000)
    try:
        thread = threading.Thread(target=deep)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
    assert outcomes == [0, 0]


def test_threads_do_not_meet():
    """While a hook of one waits, others decode."""
    barrier = threading.Barrier(3)

    def wait(value):
        if value == 1:
            barrier.wait(10)
        return threading.current_thread().name

    codec = hooked("json", wait)
    decode = decoder(codec, Holder)
    data = _documents(codec)[0]
    results: list[Any] = []

    def work():
        results.append((threading.current_thread().name, [decode(data).items for _ in range(20)]))

    threads = [threading.Thread(target=work, name=f"thread-{i}") for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == 3
    for own_name, read in results:
        assert read == [[own_name] * 3] * 20


def test_nobody_makes_an_empty_decoder():
    """Only `make_decoder` does; what Python can call of its objects is no way into memory."""
    decode = decoder(get_codec("json"), list[int])
    own = decode.__self__
    for make in (type(own), lambda: type(own).__new__(type(own)), own.__reduce__, lambda: own.__reduce_ex__(2)):
        with pytest.raises(TypeError):
            make()
