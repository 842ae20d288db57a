"""Codecs and their functions in pickles: shared ones are themselves, others are made once."""

from __future__ import annotations

import concurrent.futures
import copy
import functools
import gc
import multiprocessing
import pickle
import subprocess
import sys
import threading
import types
import typing
import weakref

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import pytest

from cattrs.strategies import configure_tagged_union

from symphony_codecs import Codec, UnknownCodecError, _pickling, codec_names, get_codec, register_codec, registry
from symphony_codecs.formats import json as json_format
from symphony_codecs.registry import make_codec
from symphony_codecs.schema import fingerprint
from symphony_types import MessageEnvelope, Version
from tests.codecs import crossing
from tests.codecs.crossing import ORDER, TYPES, Circle, Color, Money, Order, Square
from tests.samples import SAMPLES


FORMATS = ("json", "msgpack", "msgpack-compact", "cbor", "toml")
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def again(value: Any, protocol: int | None = None) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    _pickling._kept.clear()
    yield
    _pickling._kept.clear()


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_shared_codecs_are_themselves(name: str, protocol: int) -> None:
    """A pickle of one holds its name: the same object comes back, its converter too."""
    codec = get_codec(name)
    assert again(codec, protocol) is codec
    assert again(codec.converter, protocol) is codec.converter
    assert len(pickle.dumps(codec)) < 200


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("as_type", "value"), TYPES, ids=lambda each: str(each)[:40])
def test_functions_of_shared_codecs_are_themselves(name: str, as_type: Any, value: Any) -> None:
    """The function of a type comes back as the same object, whatever annotation the type is."""
    codec = get_codec(name)
    for function in (codec.encoder(as_type), codec.decoder(as_type)):
        for protocol in PROTOCOLS:
            assert again(function, protocol) is function
        assert copy.copy(function) is function
        assert copy.deepcopy(function) == function
        if name != "json":
            assert again([function, function])[1] is function
    if name != "toml":
        assert codec.decoder(as_type)(codec.encoder(as_type)(value)) == value


def test_functions_without_a_type() -> None:
    """`encoder()` writes values by their class, in a pickle too."""
    codec = get_codec("json")
    assert again(codec.encoder()) is codec.encoder()
    assert again(codec.encoder())(Version(1, 2, 3)) == codec.encode(Version(1, 2, 3))


def _registered(method: str, *args: Any, **kwargs: Any) -> Callable[[Codec], Codec]:
    def make(codec: Codec) -> Codec:
        own = codec.copy()
        getattr(own.converter, method)(*args, **kwargs)
        return own

    return make


def _text(codec: Codec) -> Codec:
    own = codec.copy()
    own.converter.register_structure_hook(Money, crossing.read_money, version="1")
    own.converter.register_unstructure_hook(Money, crossing.write_money, version="1")
    return own


SHAPES = Circle | Square
RULES = (
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
)
# What makes a codec of one's own of another.
CHANGES: dict[str, Callable[[Codec], Codec]] = {
    "copy": Codec.copy,
    **{f"rename {rule}": (lambda c, rule=rule: c.with_options(rename=rule)) for rule in RULES},
    "rename": lambda c: c.with_options(rename=crossing.shout),
    **{
        f"{name}={value}": (lambda c, name=name, value=value: c.with_options(**{name: value}))
        for name, values in {
            "max_depth": [20],
            "max_size": [5000],
            "max_items": [500],
            "max_text": [700],
            "strict": [True],
            "omit_defaults": [True],
            "unknown_fields": ["forbid", "keep"],
            "positional": [True, False],
            "enums": ["name"],
            "sort_keys": [True],
        }.items()
        for value in values
    },
    "class rule": lambda c: c.with_class(Square, rename="SCREAMING-KEBAB-CASE"),
    "class rename": lambda c: c.with_class(Square, rename=crossing.shout),
    "class omit": lambda c: c.with_class(Order, omit_defaults=True, positional=False),
    "class serde": lambda c: c.with_class(Order, serde_required=True),
    "class keep": lambda c: c.with_class(Order, unknown_fields="keep", positional=False),
    "class fields": lambda c: c.with_class(
        Order, fields={"color": _field(rename="c", aliases=("d",)), "price": _field(omit=True)}
    ),
    "domain's class": lambda c: c.with_class(MessageEnvelope, rename="camelCase"),
    **{
        f"union {tagging}": (lambda c, tagging=tagging: c.with_union(SHAPES, tagging=tagging))
        for tagging in ("external", "internal", "adjacent")
    },
    "untagged": lambda c: c.with_union(SHAPES, tagging="untagged"),
    "union names": lambda c: c.with_union(SHAPES, names={Circle: "c"}, rename="snake_case", other=Circle),
    **{f"enum {rule}": (lambda c, rule=rule: c.with_enum(Color, rename=rule)) for rule in ("lowercase", "kebab-case")},
    "enum rename": lambda c: c.with_enum(Color, rename=crossing.shout),
    "enum": lambda c: c.with_enum(Color, names={Color.BLUE: "b"}, other=Color.BLUE),
    "hooks": _text,
    "hook by predicate": _registered("register_unstructure_hook_func", crossing.is_money, crossing.write_money),
    "hook of a factory": _registered("register_structure_hook_factory", crossing.is_money, crossing.make_reader),
    "writer of a factory": _registered("register_unstructure_hook_factory", crossing.is_money, crossing.make_writer),
    "hook of a builtin": _registered("register_unstructure_hook", float, round),
    "a partial": _registered("register_structure_hook", Money, functools.partial(crossing.read_money), version="2"),
    "hooks and options": lambda c: _text(c).with_options(rename="camelCase").with_enum(Color, by="name"),
}


def _field(**options: Any) -> Any:
    from symphony_codecs import FieldOptions

    return FieldOptions(**options)


def _made(codec: Codec, change: Callable[[Codec], Codec]) -> Codec:
    try:
        return change(codec)
    except ValueError as exc:
        pytest.skip(f"the format refuses it: {exc}")


def _outcome(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except Exception as exc:  # noqa: BLE001 - compared with that of the other
        return type(exc), str(exc)


@pytest.mark.parametrize("name", ["json", "msgpack-compact", "cbor", "toml"])
@pytest.mark.parametrize("change", CHANGES)
def test_own_codecs_come_back_equal(name: str, change: str) -> None:
    """Every option and registration goes along, in every format: same bytes, values, refusals and fingerprints."""
    own = _made(get_codec(name), CHANGES[change])
    back = again(own)
    assert (back.format, back.options) == (own.format, own.options)
    assert back.format is own.format
    assert _outcome(lambda: fingerprint(Order, back)) == _outcome(lambda: fingerprint(Order, own))
    for as_type, value in ((Order, ORDER), (SHAPES, Circle()), (Color, Color.BLUE)):
        data = _outcome(lambda t=as_type, v=value: own.encode(v, t))
        assert _outcome(lambda t=as_type, v=value: back.encode(v, t)) == data
        assert _outcome(lambda t=as_type, v=value: again(own.encoder(t))(v)) == data
        if isinstance(data, bytes):
            read = _outcome(lambda t=as_type, d=data: own.decode(d, t))
            assert _outcome(lambda t=as_type, d=data: back.decode(d, t)) == read
            assert _outcome(lambda t=as_type, d=data: again(own.decoder(t))(d)) == read


def test_codecs_of_unregistered_formats() -> None:
    """A format that is not registered goes along with its codec."""
    form = attrs.evolve(json_format.FORMAT, name="private", content_type="application/x-private", format_id=None)
    back = again(make_codec(form))
    assert back.format == form
    assert back.encode(ORDER, Order) == get_codec("json").encode(ORDER, Order)


def test_one_pickle_makes_one_converter() -> None:
    """Ten thousand tasks with one codec: one converter and one function, though each codec is one of its own."""
    own = _text(get_codec("json"))
    data, function = pickle.dumps(own), pickle.dumps(own.decoder(Money))
    codecs = [pickle.loads(data) for _ in range(10)]
    assert len({id(codec._converter) for codec in codecs}) == 1
    assert len({id(pickle.loads(function)) for _ in range(10)}) == 1
    assert all(codec.decoder(Money) is pickle.loads(function) for codec in codecs)
    assert codecs[0] is not codecs[1]
    assert codecs[0].decode(b'"5c"', Money) == Money(5)


def test_registrations_stay_with_one_codec() -> None:
    """Codecs of one pickle share no converter that anybody registers on, and none with the codec that was pickled."""
    own = _text(get_codec("json"))
    one, other = again(own), again(own)
    assert one.encode(Money(1)) == b'"1c"'
    one.converter.register_unstructure_hook(Money, lambda _: "one")
    assert (one.encode(Money(1)), other.encode(Money(1)), own.encode(Money(1))) == (b'"one"', b'"1c"', b'"1c"')
    own.converter.register_unstructure_hook(Money, crossing.same)
    assert again(other).encode(Money(1)) == b'"1c"'
    derived = other.with_options(rename="camelCase")
    derived.converter.register_unstructure_hook(Money, lambda _: "derived")
    assert (derived.encode(Money(1)), other.encode(Money(1))) == (b'"derived"', b'"1c"')


def test_what_came_in_a_pickle_is_pickled_again() -> None:
    """From one process to the next one, it stays the same codec."""
    own = _text(get_codec("json"))
    back = again(own)
    assert again(back)._converter is back._converter
    assert again(back.decoder(Money)) is back.decoder(Money)
    back.converter.register_unstructure_hook(Money, crossing.same)
    assert again(back).converter.registrations == back.converter.registrations


def test_functions_keep_the_hooks_they_were_made_with() -> None:
    """In a pickle too, before and after a hook is registered."""
    own = _text(get_codec("json"))
    old = own.encoder(Money)
    own.converter.register_unstructure_hook(Money, str)
    new = own.encoder(Money)
    for function, expected in ((old, b'"1c"'), (new, b'"Money(cents=1)"'), (own.encoder(Money), b'"Money(cents=1)"')):
        assert function(Money(1)) == expected
        assert again(function)(Money(1)) == expected
        assert again(again(function))(Money(1)) == expected


def test_few_codecs_are_kept() -> None:
    """A process keeps the last ones that it has read, and lets go of older ones."""
    first = pickle.dumps(get_codec("json").with_options(max_depth=5))
    kept = weakref.ref(pickle.loads(first)._converter)
    for depth in range(_pickling.MOST_KEPT + 1):
        again(get_codec("json").with_options(max_depth=depth + 1))
    assert len(_pickling._kept) == _pickling.MOST_KEPT
    gc.collect()
    assert kept() is None
    assert pickle.loads(first).options.limits.max_depth == 5


def test_many_threads_read_one_pickle() -> None:
    """They get one function."""
    data = pickle.dumps(_text(get_codec("json")).decoder(Money))
    start, found = threading.Barrier(8), []

    def read() -> None:
        start.wait()
        found.append(pickle.loads(data))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {function(b'"5c"') for function in found} == {Money(5)}
    assert len({function.__self__ for function in found}) == 1 or len({id(f) for f in found}) == 1


# What cannot be pickled


def _strategy(codec: Codec) -> Codec:
    own = codec.copy()
    configure_tagged_union(SHAPES, own.converter)
    return own


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (_registered("register_structure_hook", Money, lambda v, _: v), r"structure hook .*<lambda> for Money"),
        (_registered("register_unstructure_hook", Money, lambda v: v), r"unstructure hook .*<lambda> for Money"),
        (
            _registered("register_structure_hook_factory", lambda _: False, crossing.make_reader),
            "structure hook factory make_reader for .*<lambda>",
        ),
        (lambda c: c.with_options(rename=lambda n: n + "_"), "the option rename"),
        (lambda c: c.with_class(Square, rename=lambda n: n + "_"), "the options of Square"),
        (_strategy, "structure hook"),
    ],
)
def test_what_does_not_pickle_is_named(make: Callable[[Codec], Codec], named: str) -> None:
    """A hook or an option that is no function of a module is named, with what to do."""
    own = make(get_codec("json"))
    for value in (own, own.encoder(int), own.converter, [own.decoder(int)]):
        with pytest.raises(
            pickle.PicklingError, match=rf"the codec 'json': .*{named}.* define it at the top of a module"
        ):
            pickle.dumps(value)


def _annotations() -> list[Any]:
    @attrs.define
    class Local:
        x: int

    weird: list[Any] = [Local, list[Local], Local | None, typing.NewType("Hidden", int)]
    if sys.version_info >= (3, 12):
        weird.append(typing.TypeAliasType("Hidden", list[int]))
    return weird


@pytest.mark.parametrize("as_type", _annotations(), ids=str)
def test_types_that_do_not_pickle_are_named(as_type: Any) -> None:
    """A type that is not to be found by its name is named, with what to do."""
    codec = get_codec("json")
    for function in (codec.encoder(as_type), codec.decoder(as_type)):
        with pytest.raises(pickle.PicklingError, match=r"cannot pickle the (en|de)coder of .*(Local|Hidden).*the type"):
            pickle.dumps(function)


def test_other_functions_do_not_pickle() -> None:
    """Functions of the engine that belong to no codec say so."""
    engine = pytest.importorskip("symphony_codecs.compiled._decode", reason="the engine is not compiled")
    from symphony_codecs.schema import schema_of

    codec = get_codec("json")
    function = engine.make_decoder(
        schema_of(int, codec), codec.format.loads, "json", codec.options.limits, False, crossing.same
    )
    with pytest.raises(TypeError, match="belongs to none"):
        pickle.dumps(function)


# Formats that one process has and another has not


def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this test alone see what it registers; entry points are loaded once, so before."""
    codec_names()
    for name in ("_formats", "_codecs", "_by_key"):
        monkeypatch.setattr(registry._registry, name, dict(getattr(registry._registry, name)))


@pytest.fixture(name="fancy")
def _fancy(monkeypatch: pytest.MonkeyPatch) -> Codec:
    _own_registry(monkeypatch)
    crossing.register_fancy()
    return get_codec("fancy")


def _elsewhere(code: str, data: bytes) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"import pickle, sys; {code}; print(pickle.loads(bytes.fromhex(sys.argv[1])))",
            data.hex(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_registered_formats_are_found_by_name(fancy: Codec) -> None:
    """In this process the same object comes back; one of its own has the same format."""
    assert again(fancy) is fancy
    assert again(fancy.decoder(int)) is fancy.decoder(int)
    assert again(fancy.with_options(strict=True)).format is fancy.format


@pytest.mark.parametrize("make", [lambda c: c, lambda c: c.decoder(int), lambda c: c.copy()])
def test_formats_of_this_process_alone(fancy: Codec, make: Callable[[Codec], Any]) -> None:
    """Another process says that it has none, or another of that name; one that has registered it reads it."""
    data = pickle.dumps(make(fancy))
    unknown = _elsewhere("pass", data)
    assert "registered codec 'fancy'" in unknown.stderr
    assert "call register_codec" in unknown.stderr
    known = _elsewhere("import tests.codecs.crossing as c; c.register_fancy()", data)
    assert known.returncode == 0, known.stderr
    other = _elsewhere(
        "import attrs, symphony_codecs as s; from symphony_codecs.formats import cbor; "
        "s.register_codec(attrs.evolve(cbor.FORMAT, name='fancy', content_type='application/x-f', suffix=None, "
        "other_types=(), format_id=None))",
        data,
    )
    assert "got another one that this process has under that name" in other.stderr


def test_errors_of_unknown_formats_are_of_their_class(fancy: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are `UnknownCodecError`s."""
    data = pickle.dumps(fancy)
    monkeypatch.delitem(registry._registry._by_key, "fancy")
    with pytest.raises(UnknownCodecError, match="fancy"):
        pickle.loads(data)


def test_registered_codecs_keep_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """A codec with hooks that was registered is shared, so its name is enough, whatever its hooks are."""
    _own_registry(monkeypatch)
    form = attrs.evolve(
        json_format.FORMAT, name="hooked", content_type="application/x-hooked", suffix=None, format_id=None
    )
    own = make_codec(form)
    own.converter.register_unstructure_hook(Money, lambda _: "hooked")
    register_codec(own)
    shared = get_codec("hooked")
    assert again(shared) is shared
    assert again(shared.encoder(Money)) is shared.encoder(Money)
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(own)


# Other processes


VALUES = {name: value for name, (_, value) in SAMPLES.items()}


def _kept_order() -> Any:
    return get_codec("json").with_class(Circle, unknown_fields="keep").decode(b'{"radius": 2.0, "more": [1]}', Circle)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of a process with threads
@pytest.mark.parametrize(
    "method", [m for m in ("spawn", "forkserver", "fork") if m in multiprocessing.get_all_start_methods()]
)
def test_pools_of_processes(method: str) -> None:
    """Functions are mapped, codecs and values go there and back, errors come back whole, however processes start."""
    codec = get_codec("msgpack")
    own = _text(codec).with_options(rename="camelCase")
    orders = [codec.encode(ORDER, Order)] * 3
    with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context(method)) as pool:
        assert list(pool.map(codec.decoder(Order), orders)) == [ORDER] * 3
        assert list(pool.map(own.encoder(Money), [Money(1)])) == [own.encode(Money(1))]
        assert pool.submit(crossing.decode, own, own.encode(ORDER, Order), Order).result() == ORDER
        assert pool.submit(crossing.same, (codec, codec.decoder(Order))).result() == (codec, codec.decoder(Order))
        assert pool.submit(crossing.named, "cbor").result() is get_codec("cbor")
        assert pool.submit(crossing.same, VALUES).result() == VALUES
        kept = pool.submit(crossing.same, _kept_order()).result()
        writer = get_codec("json").with_class(Circle, unknown_fields="keep")
        assert writer.encode(kept, Circle) == writer.encode(_kept_order(), Circle)
        for number, error in enumerate(crossing.ERRORS):
            with pytest.raises(type(error)) as caught:
                pool.submit(crossing.fail, number).result()
            _same_error(caught.value, error)
        with pytest.raises(type(crossing.ERRORS[0])) as caught:
            list(pool.map(codec.decoder(Order), [b"\xc0"]))
        assert caught.value.as_type is Order
        assert caught.value.issues[0].code == "wrong_type"


def test_a_multiprocessing_pool() -> None:
    """As in `concurrent.futures`."""
    codec = get_codec("cbor")
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        assert pool.map(codec.decoder(Order), [codec.encode(ORDER, Order)]) == [ORDER]
        for number, error in enumerate(crossing.ERRORS):
            with pytest.raises(type(error)) as caught:
                pool.apply(crossing.fail, (number,))
            _same_error(caught.value, error)
        pool.close()
        pool.join()


def _same_error(error: Any, expected: Any) -> None:
    assert type(error) is type(expected)
    assert str(error) == str(expected)
    assert error.args == expected.args
    assert {**vars(error), "__notes__": 0} == {**vars(expected), "__notes__": 0}
    assert getattr(error, "__notes__", []) == getattr(expected, "__notes__", [])


def test_calls_go_straight_to_the_function() -> None:
    """What pickles costs no call: a function of the engine, or a method of one in Python."""
    codec = get_codec("json")
    for function in (codec.encoder(Order), codec.decoder(Order), get_codec("toml").decoder(Order)):
        assert isinstance(function, (types.BuiltinMethodType, types.MethodType))
