"""
The libraries to compare with, as far as they are installed, each on the user's own type.

Each is used the way its documentation shows for speed: encoders and decoders made once, orjson or msgpack below where
the library leaves the choice.  None gets hooks or configuration for a type: one that cannot do it is shown as failed,
with what it says.
"""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import pickle

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeAlias

import attrs

from typing_extensions import TypeForm

from ..registry import codec_names, get_codec
from .contender import Contender, Decode, Encode


__all__ = ["PICKLE", "Peers", "peer_contenders"]

# The one format that is no codec's.
PICKLE: Final = "pickle"


@attrs.frozen
class _Functions:
    encode: Callable[[], Encode]
    decode: Callable[[], Decode]


# Makes how to write and how to read a type.
_Make: TypeAlias = Callable[[Any], _Functions]


@attrs.frozen(kw_only=True)
class _Peer:
    """
    A library and the format that it is used for.

    Args:
        name: Its name in the table.
        format: The codec's name.
        needs: Modules that must be there.
        make: Makes its functions.
        fits: Whether it is for the type at all.
    """

    name: str
    format: str
    needs: tuple[str, ...]
    make: _Make
    fits: Callable[[Any], bool] = lambda _: True


@attrs.frozen
class Peers:
    """
    The libraries to compare.

    Args:
        contenders: Those that are installed.
        skipped: Those that are not, and how to install them, a line each.
    """

    contenders: tuple[Contender, ...]
    skipped: tuple[str, ...]


def peer_contenders(as_type: TypeForm[Any], formats: Iterable[str] | None = None) -> Peers:
    """
    Return the peers, and the floors, for a type.

    A peer is imported when its functions are made, and so pays for its import in no measurement but its check.

    Args:
        as_type: The type of the values.
        formats: Names of codecs, or ``pickle``; all by default.
    """
    wanted = [*codec_names(), PICKLE] if formats is None else list(formats)
    found: list[Contender] = []
    missing: dict[str, None] = {}
    for name in wanted:
        found += _floors(name, as_type)
        for peer in _PEERS:
            if peer.format != name or not peer.fits(as_type):
                continue
            absent = [module for module in peer.needs if not _installed(module)]
            if absent:
                missing[_hint(absent[0])] = None
                continue
            functions = peer.make(as_type)
            found.append(Contender(name=peer.name, format=name, encode=functions.encode, decode=functions.decode))
    return Peers(tuple(found), tuple(missing))


def _installed(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _hint(module: str) -> str:
    name = module.replace("_", "-")
    return f"{name} is not installed: pip install {name}"


def _imported(module: str) -> Any:
    return importlib.import_module(module)


# Floors: a library on the builtins that the codec would give it.

_FLOORS: Final[Mapping[str, tuple[tuple[str, str, str], ...]]] = {
    "json": (("orjson", "dumps", "loads"),),
    "msgpack": (("msgpack", "packb", "unpackb"), ("ormsgpack", "packb", "unpackb")),
    "msgpack-compact": (("msgpack", "packb", "unpackb"), ("ormsgpack", "packb", "unpackb")),
    "cbor": (("cbor2", "dumps", "loads"),),
}


def _floors(name: str, as_type: Any) -> Iterable[Contender]:
    for module, dumps, loads in _FLOORS.get(name, ()):
        if _installed(module):
            yield _floor(name, as_type, module, dumps, loads)


def _floor(name: str, as_type: Any, module: str, dumps: str, loads: str) -> Contender:
    codec = get_codec(name)
    # Its own reader's builtins: what it then writes is as long as what the codec writes.
    return Contender(
        name=f"floor: {module}",
        format=name,
        encode=lambda: getattr(_imported(module), dumps),
        decode=lambda: getattr(_imported(module), loads),
        adapt=lambda value: getattr(_imported(module), loads)(codec.encode(value, as_type)),
        role="floor",
    )


# Peers.


def _cattrs(preconf: str) -> _Make:
    def make(as_type: Any) -> _Functions:
        def encode() -> Encode:
            dumps = _imported(preconf).make_converter().dumps
            return lambda value: dumps(value, unstructure_as=as_type)

        def decode() -> Decode:
            loads = _imported(preconf).make_converter().loads
            return lambda data: loads(data, as_type)

        return _Functions(encode, decode)

    return make


def _cattrs_msgspec(as_type: Any) -> _Functions:
    def converter() -> Any:
        return _imported("cattrs.preconf.msgspec").make_converter()

    return _Functions(lambda: converter().get_dumps_hook(as_type), lambda: converter().get_loads_hook(as_type))


def _msgspec(module: str) -> _Make:
    def make(as_type: Any) -> _Functions:
        return _Functions(
            lambda: _imported(module).Encoder().encode,
            lambda: _imported(module).Decoder(as_type).decode,
        )

    return make


def _pydantic(as_type: Any) -> _Functions:
    def adapter() -> Any:
        return _imported("pydantic").TypeAdapter(as_type)

    return _Functions(lambda: adapter().dump_json, lambda: adapter().validate_json)


def _mashumaro(module: str, encoder: str, decoder: str) -> _Make:
    def make(as_type: Any) -> _Functions:
        return _Functions(
            lambda: getattr(_imported(module), encoder)(as_type).encode,
            lambda: getattr(_imported(module), decoder)(as_type).decode,
        )

    return make


def _over(library: str, dumps: str, loads: str, dumper: Callable[[Any], Any], loader: Callable[[Any], Any]) -> _Make:
    """Return what puts functions from objects to builtins and back on top of a wire library."""

    def make(as_type: Any) -> _Functions:
        def encode() -> Encode:
            write, dump = getattr(_imported(library), dumps), dumper(as_type)
            return lambda value: write(dump(value))

        def decode() -> Decode:
            read, load = getattr(_imported(library), loads), loader(as_type)
            return lambda data: load(read(data))

        return _Functions(encode, decode)

    return make


def _adaptix(method: str) -> Callable[[Any], Any]:
    def make(as_type: Any) -> Any:
        return getattr(_imported("adaptix").Retort(), method)(as_type)

    return make


def _serpyco(method: str) -> Callable[[Any], Any]:
    def make(as_type: Any) -> Any:
        return getattr(_imported("serpyco_rs").Serializer(as_type), method)

    return make


def _dataclasses(as_type: Any) -> _Functions:
    def decode() -> Decode:
        loads = _imported("orjson").loads
        return lambda data: as_type(**loads(data))

    return _Functions(lambda: _imported("orjson").dumps, decode)


def _pickle(_: Any) -> _Functions:
    def dumps(value: Any) -> bytes:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)

    return _Functions(lambda: dumps, lambda: pickle.loads)


def _is_dataclass(as_type: Any) -> bool:
    return isinstance(as_type, type) and dataclasses.is_dataclass(as_type)


def _peer(name: str, format_: str, needs: str, make: _Make) -> _Peer:
    return _Peer(name=name, format=format_, needs=tuple(needs.split()), make=make)


_ORJSON: Final = ("orjson", "dumps", "loads")
_MSGPACK: Final = ("msgpack", "packb", "unpackb")
_PEERS: Final = (
    _peer("cattrs orjson", "json", "cattrs", _cattrs("cattrs.preconf.orjson")),
    _peer("cattrs msgspec", "json", "cattrs msgspec", _cattrs_msgspec),
    _peer("msgspec", "json", "msgspec", _msgspec("msgspec.json")),
    _peer("pydantic", "json", "pydantic", _pydantic),
    _peer("mashumaro", "json", "mashumaro", _mashumaro("mashumaro.codecs.orjson", "ORJSONEncoder", "ORJSONDecoder")),
    _peer("adaptix", "json", "adaptix", _over(*_ORJSON, _adaptix("get_dumper"), _adaptix("get_loader"))),
    _peer("serpyco-rs", "json", "serpyco_rs", _over(*_ORJSON, _serpyco("dump"), _serpyco("load"))),
    _Peer(name="dataclasses orjson", format="json", needs=(), make=_dataclasses, fits=_is_dataclass),
    _peer("cattrs msgpack", "msgpack", "cattrs", _cattrs("cattrs.preconf.msgpack")),
    _peer("msgspec", "msgpack", "msgspec", _msgspec("msgspec.msgpack")),
    _peer(
        "mashumaro",
        "msgpack",
        "mashumaro",
        _mashumaro("mashumaro.codecs.msgpack", "MessagePackEncoder", "MessagePackDecoder"),
    ),
    _peer("adaptix", "msgpack", "adaptix", _over(*_MSGPACK, _adaptix("get_dumper"), _adaptix("get_loader"))),
    _peer("serpyco-rs", "msgpack", "serpyco_rs", _over(*_MSGPACK, _serpyco("dump"), _serpyco("load"))),
    _peer("cattrs cbor2", "cbor", "cattrs", _cattrs("cattrs.preconf.cbor2")),
    _peer("pickle", PICKLE, "", _pickle),
)
