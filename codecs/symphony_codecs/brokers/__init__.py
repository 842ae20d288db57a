"""
Messages through brokers that are not written here: types by name, headers, and Celery's and kombu's serializers.

::

    from symphony_codecs.brokers import Catalogue, register_with_kombu

    catalogue = Catalogue({"envelope": MessageEnvelope[JsonRpcRequest], "workflow": Workflow})
    register_with_kombu(catalogue)

    app.conf.update(
        task_serializer="symphony-json", result_serializer="symphony-json", accept_content=["symphony-json"]
    )

`headers_of` and `from_headers` do the same for brokers whose messages are
bytes with headers: Kafka, NATS, MQTT.  Only `register_with_kombu` needs
kombu, the extra ``brokers``.
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
