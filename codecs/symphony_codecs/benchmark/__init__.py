"""
A benchmark of codecs on your own types and data, next to the libraries that are installed.

``symphony bench`` is its command line.  From Python::

    from symphony_codecs.benchmark import measure_type, read_sample

    report = measure_type(Order, read_sample("orders.jsonl", Order))
    report.to_json()

Each participant is a `Contender`: a name, a function that writes and one that reads.  One that does not give every
value back is shown as failed, with the reason, and is not timed.  `measure` has contenders of your choice in this
process; each gets a process of its own as a `RemoteSubject`, for `measure_subjects`.
"""

from __future__ import annotations

from .contender import Contender, codec_contenders
from .environment import Environment
from .field_sizes import field_sizes
from .generate import generate
from .measure import Settings, measure, measure_subjects
from .peers import Peers, peer_contenders
from .remote import RemoteSubject
from .report import FieldSize, Rates, Report, ReportError, Row, Timing
from .run import measure_type
from .sample import SampleError, SampleFileError, read_sample


__all__ = [
    "Contender",
    "Environment",
    "FieldSize",
    "Peers",
    "Rates",
    "RemoteSubject",
    "Report",
    "ReportError",
    "Row",
    "SampleError",
    "SampleFileError",
    "Settings",
    "Timing",
    "codec_contenders",
    "field_sizes",
    "generate",
    "measure",
    "measure_subjects",
    "measure_type",
    "peer_contenders",
    "read_sample",
]
