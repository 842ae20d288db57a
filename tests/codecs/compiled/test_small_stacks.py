"""Recursion in threads with small stacks: in processes of their own, which a mistake would end."""

from __future__ import annotations

import os

import pytest

from tests.codecs.compiled.test_crashes import survives


pytestmark = pytest.mark.skipif(bool(os.environ.get("SYMPHONY_PURE")), reason="the compiled engine is off")

# From Python 3.14 on the interpreter keeps much of a small stack for itself.
SIZES = """
    import sys
    SIZES = (64, 96, 128) if sys.version_info < (3, 14) else (128,)
"""

SCRIPT = """
    import threading

    @attrs.define
    class Node:
        child: "Node | None" = None
        more: "list[Node]" = attrs.field(factory=list)

    @attrs.define
    class Untyped:
        inner: Any

    def nodes(depth):
        value = Node()
        for level in range(depth):
            value = Node(value) if level % 2 else Node(None, [value])
        return value

    def lists(depth):
        value = []
        for _ in range(depth):
            value = [value]
        return value

    def maps(depth):
        value = {}
        for _ in range(depth):
            value = {"a": value}
        return value

    CASES = {"nodes": (Node, nodes, 40), "lists": (Any, lists, 120), "maps": (dict[str, Any], maps, 120),
             "inside": (Untyped, lambda depth: Untyped(lists(depth)), 110)}
    DOCUMENTS = {
        (name, case, depth): get_codec(name).encode(make(depth), tp)
        for name in FORMATS for case, (tp, make, most) in CASES.items() for depth in (2, most)
    }

    def codes(error):
        return [issue.code for issue in error.issues]

    def work(name, case, depth, done):
        tp, make, _ = CASES[case]
        codec = get_codec(name)
        data = DOCUMENTS[name, case, depth]
        value = make(depth)
        for one, function, wanted in (("encode", codec.encode, data), ("decode", codec.decode, value)):
            try:
                result = function(data if one == "decode" else value, tp)
                done.append((one, "done" if result == wanted else "wrong"))
            except (DecodeError, EncodeError) as error:
                done.append((one, *codes(error)))

    def run(kib, name, case, depth):
        done = []
        threading.stack_size(kib * 1024)
        thread = threading.Thread(target=work, args=(name, case, depth, done))
        print(kib, name, case, depth, flush=True)
        thread.start()
        thread.join()
        return done

    for kib in SIZES + (256, 1024, 8192):
        for name in FORMATS:
            for case, (_, _, most) in CASES.items():
                shallow, deep = run(kib, name, case, 2), run(kib, name, case, most)
                assert shallow == [("encode", "done"), ("decode", "done")], shallow
                wanted = ("done",) if kib >= 256 else ("done", "too_deep")
                assert len(deep) == 2 and all(got[1] in wanted and len(got) == 2 for got in deep), deep
"""


def test_small_stacks_are_not_overrun() -> None:
    survives(SIZES + SCRIPT)


DEEP = """
    import threading

    @attrs.define
    class Node:
        child: "Node | None" = None

    depth = 240
    codecs = [
        get_codec(name).with_options(max_depth=250, strict=strict) for strict in (False, True) for name in FORMATS
    ]
    value = None
    for _ in range(depth):
        value = Node(value)

    def documents(leaf):
        texts = {
            "json": (b'{"child":', b"}", {None: b"null", "bad": b'"bad"', "cut": b""}),
            "msgpack": (b"\\x81\\xa5child", b"", {None: b"\\xc0", "bad": b"\\xa3bad", "cut": b""}),
            "msgpack-compact": (b"\\x91", b"", {None: b"\\xc0", "bad": b"\\xa3bad", "cut": b""}),
            "cbor": (b"\\xa1\\x65child", b"", {None: b"\\xf6", "bad": b"\\x63bad", "cut": b""}),
        }
        return {name: before * depth + leaves[leaf] + after * depth for name, (before, after, leaves) in texts.items()}

    def decode(codec, leaf, tp):
        data = documents(leaf)[codec.name]
        result = attempt(f"{kib} {codec.name} {leaf} {tp} {codec.options.strict}", codec.decode, data, tp)
        if isinstance(result, DecodeError):
            codes.update(issue.code for issue in result.issues)
        else:
            assert leaf is None or (leaf == "bad" and tp is Any), result
            codes.add("done")

    def encode(codec, tp):
        result = attempt(f"{kib} {codec.name} {tp}", codec.encode, value, tp)
        codes.update(["done"] if isinstance(result, bytes) else [issue.code for issue in result.issues])

    def work():
        for codec in codecs:
            for tp in (Node, Any):
                encode(codec, tp)
                for leaf in (None, "bad", "cut"):
                    decode(codec, leaf, tp)

    for kib in SIZES + (256, 8192):
        codes = set()
        threading.stack_size(kib * 1024)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        print(codes, flush=True)
        # In between it depends on the compiler.
        assert codes <= {"done", "wrong_type", "syntax", "too_deep"}, codes
        assert kib < 8192 or codes == {"done", "wrong_type", "syntax"}, codes
        assert kib > 64 or "too_deep" in codes, codes
    while value is not None:
        value = value.child
"""


def test_deep_documents_good_and_bad_are_read_or_too_deep() -> None:
    survives(SIZES + DEEP)
