"""
Values as tables of Apache Arrow, and back; Parquet files.

Needs pyarrow, the extra ``arrow``::

    from symphony_codecs.arrow import arrow_schema, from_batches, to_batches

    for batch in to_batches(envelopes, MessageEnvelope[JsonRpcRequest]):
        ...

A row says what a document does: each field of a class is a column, and what
Arrow has no type for is JSON in a column of its own.  So the codec's options
and hooks count, values that it refuses are refused, and what comes back is
what went in.
"""

from __future__ import annotations

from symphony_types._lazy import attach


try:
    import pyarrow as _  # noqa: F401, ICN001 - only whether it is there
except ImportError:
    raise ImportError("symphony_codecs.arrow needs pyarrow: install symphony-types[arrow]") from None

__getattr__, __dir__ = attach(__name__)
