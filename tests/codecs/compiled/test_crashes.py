"""What must not crash the engine: each runs in a process of its own, which says what it does before it does it."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

from typing import Any

import pytest


pytestmark = pytest.mark.skipif(bool(os.environ.get("SYMPHONY_PURE")), reason="the compiled engine is off")

HEAD = """
    import attrs, copy, enum, gc, pickle, sys, types
    from typing import Any, Literal, Optional

    from symphony_codecs import DecodeError, EncodeError, get_codec

    FORMATS = ("json", "msgpack", "msgpack-compact", "cbor")

    def attempt(text, function, *args):
        print(text, flush=True)
        try:
            return function(*args)
        except Exception as exc:
            return exc
"""


def survives(script: str, **environment: str) -> str:
    """Run *script* and return what it printed; it fails the test if the process dies or a statement raises."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", textwrap.dedent(HEAD) + textwrap.dedent(script)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, f"{done.stdout[-500:]}\n{done.stderr[-3000:]}"
    return done.stdout


MAKING = """
    from symphony_codecs.compiled import _decode, _encode

    def types_below(cls):
        for each in type.__subclasses__(cls):
            if each.__module__ in (_decode.__name__, _encode.__name__):
                yield each
            if each is not type:
                yield from types_below(each)

    # Without the few classes that are Python's own, such as exceptions.
    found = [cls for cls in types_below(object) if not cls.__flags__ & 1 << 9]
    found = sorted({*found}, key=lambda cls: (cls.__module__, cls.__qualname__))
    assert len(found) > 60, found
    entries = {"Decoder", "Encoder", "Builder"}
    made = []
    for cls in found:
        for text, make in (
            ("call", cls),
            ("new", lambda: cls.__new__(cls)),
            ("object", lambda: object.__new__(cls)),
            ("derive", lambda: type("Derived", (cls,), {})()),
            ("derive and new", lambda: type("Derived", (cls,), {"__new__": lambda own: object.__new__(own)})()),
            ("mix in", lambda: type("Derived", (type("Mixin", (), {}), cls), {})()),
            ("nothing", lambda: cls(*[None] * 9)),
            ("copy", lambda: copy.copy(cls)()),
        ):
            result = attempt(f"{text} {cls.__qualname__}", make)
            if isinstance(result, cls):
                assert cls.__name__ not in entries, (cls, text)
                made.append(result)
    assert made, "nothing is made: the sweep looks at nothing"
    codec = get_codec("json")
    entry = [codec.encoder(int).__self__, codec.decoder(int).__self__]
    assert {type(each).__name__ for each in entry} == {"Encoder", "Decoder"}
    for one in [*made, *entry]:
        for name in sorted({*dir(one), "__init__", "__reduce__", "__reduce_ex__", "__setstate__", "__reduce_cython__"}):
            method = getattr(one, name, None)
            if name in ("__class__", "__init_subclass__", "__subclasshook__") or not callable(method):
                continue
            for args in ((), (None,), (b"1",), (4,), (None, None)):
                attempt(f"{type(one).__qualname__}.{name}{args}", method, *args)
        for copying in (copy.copy, copy.deepcopy, pickle.dumps):
            result = attempt(f"{copying.__name__} {type(one).__qualname__}", copying, one)
            if one in entry:  # goes by its codec and type
                assert isinstance(result, bytes) or result.__class__ is types.SimpleNamespace, (one, copying, result)
            else:
                assert isinstance(result, TypeError), (one, copying, result)
    for function in (_decode, _encode):
        for name, value in vars(function).items():
            if isinstance(value, types.BuiltinFunctionType):
                for args in ((), (None,), (None, None), (object(), object())):
                    attempt(f"{name}{args}", value, *args)
    for cls in map(type, entry):
        for name in ("encode", "decode"):
            method = cls.__dict__.get(name)
            if method is not None:
                for wrong in (5, None, *entry):
                    if type(wrong) is not cls:
                        assert isinstance(attempt(f"{name} of {wrong}", method, wrong, b"1"), TypeError)
    assert codec.encode(5, int) == b"5" and codec.decode(b"5", int) == 5
"""


def test_objects_of_the_engine_that_python_makes_do_nothing() -> None:
    survives(MAKING)


# --- hooks that look for what the engine holds, and change it

CHANGING = """
    @attrs.define
    class Leaf:
        x: Any

    @attrs.define
    class Row:
        leaf: Leaf
        kind: Literal["row", "other"] = "row"
        n: int = 0

    @attrs.define
    class Other:
        kind: Literal["second", "third"] = "second"
        leaf: Optional[Leaf] = None

    class Colour(enum.Enum):
        RED = "red"
        BLUE = 2

    def own(root):
        'All lists, dicts and sets that the engine refers to, directly or through its own objects.'
        seen, pending, found = {}, [root], []
        while pending:
            one = pending.pop()
            if id(one) in seen:
                continue
            seen[id(one)] = one
            if type(one) in (list, dict, set):
                found.append(one)
            elif not type(one).__module__.startswith("symphony_codecs.compiled") and type(one) is not tuple:
                continue
            pending += gc.get_referents(one)
        return found

    SPOILING = {
        "clear": lambda each: each.clear(),
        "shorten": lambda each: each.pop() if type(each) is not dict else each.popitem(),
        "replace": lambda each: (
            each.__setitem__(slice(None), [object()] * len(each)) if type(each) is list
            else each.update(dict.fromkeys(each, object())) if type(each) is dict else each.clear()
        ),
        "lengthen": lambda each: (
            each.extend([0] * 50) if type(each) is list
            else each.update({i: i for i in range(50)}) if type(each) is dict else each.update(range(50))
        ),
    }

    def spoil(root, how, skip=()):
        for each in own(root):
            if id(each) not in skip:
                try:
                    SPOILING[how](each)
                except Exception:
                    pass

    def trees(leaf):
        row, other = {"leaf": leaf, "kind": "row", "n": 1}, {"kind": "third", "leaf": leaf}
        return {
            "list": (list[Leaf], [leaf] * 20, lambda v: [v] * 20),
            "tuple": (tuple[Leaf, int, Leaf], [leaf, 1, leaf], lambda v: (v, 1, v)),
            "set": (frozenset[Literal["a", "b", 2]], ["a", "b", 2], frozenset),
            "map": (dict[str, Leaf], {str(i): leaf for i in range(20)}, None),
            "class": (Row, row, lambda v: Row(v)),
            "literals": (list[Row | Other], [row, other, row], lambda v: [Row(v), Other("third", v)]),
            "kinds": (list[int | Leaf | list[Leaf]], [1, [leaf], 2], lambda v: [1, [v], 2]),
            "enum": (list[Colour | Leaf], ["red", 2], lambda v: [Colour.RED, Colour.BLUE, v]),
        }
"""


@pytest.mark.parametrize("how", ["clear", "shorten", "replace", "lengthen"])
def test_a_hook_may_change_what_the_engine_holds(how: str) -> None:
    survives(
        textwrap.dedent(CHANGING)
        + textwrap.dedent(f"""
    how = {how!r}
    for name in FORMATS:
        for shape, (tp, tree, value) in trees(1).items():
            codec = get_codec(name).copy()
            entry = []

            def read(raw, _):
                if entry:
                    spoil(entry[0], how)
                return Leaf(raw)

            def write(leaf):
                if entry:
                    spoil(entry[0], how)
                return leaf.x

            codec.converter.register_structure_hook(Leaf, read)
            codec.converter.register_unstructure_hook(Leaf, write)
            data = codec.encode(tree, Any)
            decode = codec.decoder(tp)
            entry[:] = [decode.__self__]
            for _ in range(3):
                result = attempt(f"{{name}} {{shape}} decode", decode, data)
                assert not isinstance(result, Exception) or isinstance(result, DecodeError), repr(result)
            encode = codec.encoder(tp)
            entry[:] = [encode.__self__]
            given = {{}} if value is None else value(Leaf(1)) if shape != "set" else value(["a", "b", 2])
            if value is None:
                given = {{str(i): Leaf(i) for i in range(20)}}
            for _ in range(3):
                result = attempt(f"{{name}} {{shape}} encode", encode, given)
                assert not isinstance(result, Exception) or isinstance(result, EncodeError), repr(result)
    """)
    )


@pytest.mark.parametrize("how", ["clear", "shorten", "replace", "lengthen"])
def test_a_hook_may_change_the_lists_and_maps_under_construction(how: str) -> None:
    # All containers that the collector knows, and that were made after the document began to be read.
    survives(
        textwrap.dedent(CHANGING)
        + textwrap.dedent(f"""
    how = {how!r}
    gc.disable()
    gc.freeze()
    for name in FORMATS:
        for shape, (tp, tree, _) in trees(1).items():
            codec = get_codec(name).copy()
            count = [0]

            def read(raw, _):
                count[0] += 1
                if count[0] % 3 == 0:
                    for each in gc.get_objects(0):
                        if type(each) not in (list, dict, set):
                            continue
                        items = each.values() if type(each) is dict else each
                        if any(type(one) in (Leaf, Row, Other) for one in items):
                            SPOILING[how](each)
                return Leaf(raw)

            codec.converter.register_structure_hook(Leaf, read)
            data = codec.encode(tree, Any)
            decode = codec.decoder(tp)
            gc.collect()
            result = attempt(f"{{name}} {{shape}}", decode, data)
            assert not isinstance(result, Exception) or isinstance(result, DecodeError), repr(result)
    """)
    )


WRITING = """
    class Num(int):
        def __int__(self):
            change()
            return 3
        __index__ = __int__

        @property
        def __class__(self):
            change()
            return int

    class Real(float):
        def __float__(self):
            change()
            return 1.5

        @property
        def __class__(self):
            change()
            return float

    class Raw(bytearray):
        @property
        def __class__(self):
            change()
            return bytearray

    class Text(str):
        def __hash__(self):
            change()
            return 1

        def __eq__(self, other):
            change()
            return str.__eq__(self, other)

    class Key(str):
        def __str__(self):
            change()
            return "k"

    @attrs.define(hash=True)
    class Point:
        x: Any

    @attrs.define
    class Holder:
        items: Any
        other: int = 0

    places = []

    def change():
        for each in places:
            HOW(each)

    def clear(each):
        each.clear() if hasattr(each, "clear") else setattr(each, "items", None)
        [object() for _ in range(50)]

    def grow(each):
        if type(each) is list:
            each.extend([0] * 100)
        elif type(each) is dict:
            each.update({str(i): 0 for i in range(100)})
        elif type(each) is set:
            each.update(map(str, range(100)))
        else:
            each.items = [0] * 100

    @attrs.define
    class Ints:
        items: int

    @attrs.define
    class Floats:
        items: float

    @attrs.define
    class Bytes:
        items: bytes

    @attrs.define
    class Choice:
        items: Literal["a", "b"]

    VALUES = {
        int: lambda: Num(2), float: lambda: Real(2.5), bytes: lambda: Raw(b"xy"), str: lambda: Text("a"),
        Literal["a", "b"]: lambda: Text("a"), Point: lambda: Point(Num(1)), Any: lambda: Num(7),
    }
    for HOW in (clear, grow):
        for name in FORMATS:
            codec = get_codec(name).copy()
            codec.converter.register_unstructure_hook(Point, lambda point: (change(), point.x + 0)[1])
            for leaf, make in VALUES.items():
                for shape, tp, build in (
                    ("list", list[leaf], lambda v: [v() for _ in range(9)]),
                    ("map", dict[str, leaf], lambda v: {str(i): v() for i in range(9)}),
                    ("keys", dict[leaf, int], lambda v: {v(): 1, "z": 2}),
                    ("set", set[leaf], lambda v: {v(), "z", 5}),
                    ("tuple", tuple[list[leaf], list[leaf]], lambda v: ([v(), v()], [v()])),
                    ("optional", list[Optional[leaf]], lambda v: [v() for _ in range(9)]),
                    ("untyped", Any, lambda v: [v(), {"a": v()}, [v()]]),
                ):
                    value = attempt("build", build, make)
                    if isinstance(value, Exception):
                        continue
                    places[:] = [each for each in [value, *value] if type(each) in (list, dict, set)] if (
                        shape != "tuple") else list(value)
                    encode = codec.encoder(tp)
                    result = attempt(f"{name} {leaf} {shape} {HOW.__name__}", encode, value)
                    assert not isinstance(result, Exception) or isinstance(result, EncodeError), repr(result)
            for cls, make in ((Ints, VALUES[int]), (Floats, VALUES[float]), (Bytes, VALUES[bytes]),
                              (Choice, VALUES[str])):
                value = cls(make())
                places[:] = [value]
                clear_field = attempt(f"{name} {cls.__name__}", codec.encoder(cls), value)
                assert not isinstance(clear_field, Exception) or isinstance(clear_field, EncodeError)
"""


def test_values_may_change_what_holds_them_while_they_are_written() -> None:
    survives(WRITING)


KEYS = """
    changed = []
    gc.disable()
    gc.freeze()

    class Key:
        def __init__(self, x):
            self.x = x

        def __hash__(self):
            for each in gc.get_objects(0):
                if type(each) is dict and len(each) < 50 and each and all(type(key) is Key for key in list(each)):
                    each.clear()
                    changed.append(1)
            return 1

        def __eq__(self, other):
            return self.x == other.x

    for name in FORMATS:
        codec = get_codec(name).copy()
        codec.converter.register_structure_hook(Key, lambda raw, _: Key(raw))
        data = codec.encode({str(i): i for i in range(20)}, Any)
        gc.collect()
        result = attempt(f"{name} dict", codec.decoder(dict[Key, int]), data)
        assert not isinstance(result, Exception) or isinstance(result, DecodeError), repr(result)
        data = codec.encode([str(i) for i in range(20)], Any)
        for tp in (set[Key], frozenset[Key]):
            result = attempt(f"{name} {tp}", codec.decoder(tp), data)
            assert not isinstance(result, Exception) or isinstance(result, DecodeError), repr(result)
    assert changed
"""


def test_keys_may_change_the_map_that_they_are_put_into() -> None:
    survives(KEYS)


BUFFERS = """
    @attrs.define
    class Leaf:
        x: Any

    for name in FORMATS:
        codec = get_codec(name).copy()
        data = codec.encode([[1, "text" * 10, {"a": 2}]] * 50, Any)
        for make in (bytearray, lambda raw: memoryview(bytearray(raw))):
            for how in ("clear", "grow", "write"):
                document = make(data)
                held = document if type(document) is bytearray else document.obj

                def read(raw, _):
                    try:
                        if how == "clear":
                            held.clear()
                        elif how == "grow":
                            held.extend(bytes(100_000))
                        else:
                            held[:] = bytes(len(held))
                    except BufferError:
                        pass
                    return Leaf(raw)

                codec.converter.register_structure_hook(Leaf, read)
                result = attempt(f"{name} {how}", codec.decoder(list[Leaf]), document)
                assert not isinstance(result, Exception) or isinstance(result, DecodeError), repr(result)
                assert isinstance(result, DecodeError) or len(result) == 50, result
"""


def test_a_hook_may_change_the_buffer_that_is_being_read() -> None:
    survives(BUFFERS)


@pytest.mark.parametrize("function", ["encoder", "decoder"])
def test_entry_points_have_signatures_and_no_instances(function: str) -> None:
    # Tools that look at callables, such as dependency injection, ask for it.
    import inspect

    from symphony_codecs import get_codec

    entry: Any = getattr(get_codec("json"), function)(int)
    assert len(inspect.signature(entry).parameters) == 1
    with pytest.raises(TypeError, match="cannot create"):
        type(entry.__self__)()
