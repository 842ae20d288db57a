"""
Serializers for kombu, and so for Celery: what they carry is typed at the other end.

For each codec of a catalogue named ``symphony`` there is one for trees, such
as the arguments of tasks, and one for each type::

    symphony-json             application/json; type=symphony
    symphony-json:envelope    application/json; type=envelope

The second writes nothing but the value's document, which `headers_of` labels
the same: programs that know nothing of kombu read and write it, too.

kombu compares content types as whole texts.  What it makes of a document that
is refused is its own `kombu.exceptions.DecodeError`, whose ``args[0]`` is ours,
and on the other side `kombu.exceptions.EncodeError`.
"""

from __future__ import annotations

import decimal
import functools
import importlib
import threading

from collections.abc import Callable, Iterator
from typing import Any, Final

import attrs

from symphony_types.message.envelope import MessageEnvelope, MessagePriority

from ..codec import Codec
from ..registry import CodecKey
from .catalogue import Catalogue
from .headers import content_type_of, millis_of
from .trees import TreeCodec


__all__ = ["kombu_priority", "publish_options", "register_with_kombu"]

# Celery looks an error's class up among the modules that the caller has imported, and makes one up if it is not there.
_ERRORS: Final = tuple(f"symphony_codecs.{name}.errors" for name in ("channels", "framing", "records"))
# Of RabbitMQ, which closes the channel of a message that asks for more.
_LONGEST: Final = 2**32 - 1

_registered: Final[dict[str, Catalogue]] = {}
_lock: Final = threading.Lock()


@attrs.frozen
class _Serializer:
    """The arguments of `kombu.serialization.register` for one serializer."""

    name: str
    encoder: Callable[[Any], str | bytes]
    decoder: Callable[[Any], Any]
    content_type: str
    content_encoding: str


def register_with_kombu(catalogue: Catalogue, *, replace: bool = False) -> tuple[str, ...]:
    """
    Register serializers for all codecs of *catalogue* with kombu, and return their names.

    Again for an equal catalogue, it changes nothing.  The names and content
    types are what ``accept`` and Celery's ``accept_content`` take.

    Args:
        catalogue: The types.  Trees of two catalogues differ by their names.
        replace: Whether to take the place of other serializers under these
            names: of a module that is loaded again, say.

    Raises:
        ValueError: A name or content type is taken by another serializer, or
            a format cannot hold trees.
        ImportError: kombu is not installed: the extra ``brokers`` has it.
    """
    try:
        from kombu.serialization import registry
    except ImportError:
        raise ImportError("register_with_kombu needs kombu: install symphony-types[brokers]") from None
    for module in _ERRORS:
        importlib.import_module(module)
    serializers = [each for codec in catalogue.codecs.values() for each in _serializers(catalogue, codec)]
    with _lock:
        for each in serializers:
            taken = each.name in registry.name_to_type or each.content_type in registry.type_to_name
            if taken and not replace and _registered.get(each.name) != catalogue:
                raise ValueError(
                    f"expected names that no serializer of kombu has, got {each.name} ({each.content_type}): put all "
                    f"types into one catalogue, or give this one another name and its types other ones"
                )
        for each in serializers:
            registry.register(*attrs.astuple(each, recurse=False))  # type: ignore[no-untyped-call]
            _registered[each.name] = catalogue
    return tuple(each.name for each in serializers)


def _serializers(catalogue: Catalogue, codec: Codec) -> Iterator[_Serializer]:
    form = codec.format
    if form.top_level != "any" or not form.none:
        raise ValueError(f"expected formats that hold arrays and null, got {form.name}")
    name = f"{catalogue.name}-{codec.name}"
    tree = TreeCodec(catalogue, codec)
    pairs: list[tuple[str, str, Callable[[Any], bytes], Callable[[Any], Any]]] = [
        (name, catalogue.name, tree.encode, tree.decode)
    ]
    for known, tp in catalogue.types.items():
        pairs.append((f"{name}:{known}", known, codec.encoder(tp), codec.decoder(tp)))
    for serializer, known, encode, decode in pairs:
        yield _Serializer(
            serializer,
            encode if codec.is_binary else functools.partial(_encode_text, encode),
            functools.partial(_decode, decode),
            content_type_of(codec, known),
            "binary" if codec.is_binary else "utf-8",
        )


def _encode_text(encode: Callable[[Any], bytes], value: Any) -> str:
    """Return a document as text: some backends of Celery store nothing else."""
    return encode(value).decode()


def _decode(decode: Callable[[Any], Any], data: Any) -> Any:
    # Transports give bytes, a memoryview or text.
    return decode(data.encode(errors="surrogatepass") if isinstance(data, str) else data)


def kombu_priority(priority: MessagePriority, *, zero_is_urgent: bool = False) -> int:
    """
    Return what kombu calls *priority*: 0, 3, 6 or 9, the steps that its Redis transport has.

    Args:
        priority: How urgent a message is.
        zero_is_urgent: Whether the transport serves 0 first, as kombu's for
            Redis does; AMQP serves 9 first.
    """
    return 3 * (3 - priority.rank if zero_is_urgent else priority.rank)


def publish_options(
    value: object,
    catalogue: Catalogue,
    codec: CodecKey | None = None,
    *,
    name: str | None = None,
    zero_is_urgent: bool = False,
) -> dict[str, Any]:
    """
    Return the arguments of kombu's ``Producer.publish`` for *value*, beside the value itself and where it goes.

    ::

        producer.publish(envelope, routing_key="work", **publish_options(envelope, catalogue))

    An expiration of more than 2**32 - 1 milliseconds, 49 days, is left out,
    since RabbitMQ refuses it; the envelope's own time to live still says it.
    Brokers count from a message's arrival, envelopes from their timestamp.

    Args:
        value: An envelope, or any other value of the catalogue's.
        catalogue: The types, registered with kombu.
        codec: One of the catalogue's codecs; ``None``: the first.
        name: The name of the value's type; ``None``: as `Catalogue.name_of` says.
        zero_is_urgent: See `kombu_priority`.

    Raises:
        UnknownTypeError: No type has that name, or takes the value.
    """
    writer, name = catalogue.label(value, codec, name)
    options: dict[str, Any] = {"serializer": f"{catalogue.name}-{writer.name}:{name}"}
    if isinstance(value, MessageEnvelope):
        metadata = value.metadata
        options["message_id"] = str(value.id)
        options["priority"] = kombu_priority(metadata.priority, zero_is_urgent=zero_is_urgent)
        if metadata.correlation_id is not None:
            options["correlation_id"] = str(metadata.correlation_id)
        if metadata.ttl is not None and (millis := millis_of(metadata.ttl)) <= _LONGEST:
            # Of seconds, of which kombu makes whole milliseconds: it cuts 1.001 s as a float to 1000 ms.
            options["expiration"] = decimal.Decimal(millis).scaleb(-3)
    return options
