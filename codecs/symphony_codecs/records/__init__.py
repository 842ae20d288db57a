"""
Files and streams of records: one document after the other, of any size, in little memory.

::

    from symphony_codecs.records import read_records, scan_records, write_records

    for record in scan_records("messages.jsonl", MessageEnvelope[JsonRpcRequest]):
        if record.error is not None:
            print(record.offset, record.error)

    count = write_records("messages.msgpack", read_records("messages.jsonl.gz", Message), Message)
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
