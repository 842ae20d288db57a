"""
Names that no package has: each line is an error for mypy, which reports ignored errors that are none.

A package that turns wrong names into ``Any`` fails `make lint` here; a test compares the list with the packages that
there are.  pyright does not tell whether it needs an ignored error that has a code of mypy's.
"""
# ruff: noqa: F401

from __future__ import annotations

from symphony_codecs import nothing as _symphony_codecs  # type: ignore[attr-defined]
from symphony_codecs._generation import nothing as _symphony_codecs__generation  # type: ignore[attr-defined]
from symphony_codecs.arrow import nothing as _symphony_codecs_arrow  # type: ignore[attr-defined]
from symphony_codecs.benchmark import nothing as _symphony_codecs_benchmark  # type: ignore[attr-defined]
from symphony_codecs.benchmark.html import nothing as _symphony_codecs_benchmark_html  # type: ignore[attr-defined]
from symphony_codecs.brokers import nothing as _symphony_codecs_brokers  # type: ignore[attr-defined]
from symphony_codecs.channels import nothing as _symphony_codecs_channels  # type: ignore[attr-defined]
from symphony_codecs.channels.asyncio import nothing as _symphony_codecs_channels_asyncio  # type: ignore[attr-defined]
from symphony_codecs.channels.blocking import nothing as _symphony_codecs_channels_blocking  # type: ignore[attr-defined]
from symphony_codecs.cli import nothing as _symphony_codecs_cli  # type: ignore[attr-defined]
from symphony_codecs.cli.convert import nothing as _symphony_codecs_cli_convert  # type: ignore[attr-defined]
from symphony_codecs.cli.inspect import nothing as _symphony_codecs_cli_inspect  # type: ignore[attr-defined]
from symphony_codecs.cli.schema import nothing as _symphony_codecs_cli_schema  # type: ignore[attr-defined]
from symphony_codecs.compiled import nothing as _symphony_codecs_compiled  # type: ignore[attr-defined]
from symphony_codecs.formats import nothing as _symphony_codecs_formats  # type: ignore[attr-defined]
from symphony_codecs.framing import nothing as _symphony_codecs_framing  # type: ignore[attr-defined]
from symphony_codecs.python import nothing as _symphony_codecs_python  # type: ignore[attr-defined]
from symphony_codecs.recommend import nothing as _symphony_codecs_recommend  # type: ignore[attr-defined]
from symphony_codecs.records import nothing as _symphony_codecs_records  # type: ignore[attr-defined]
from symphony_codecs.schema import nothing as _symphony_codecs_schema  # type: ignore[attr-defined]
from symphony_codecs.schema.export import nothing as _symphony_codecs_schema_export  # type: ignore[attr-defined]
from symphony_codecs.schema.export._rust import nothing as _symphony_codecs_schema_export__rust  # type: ignore[attr-defined]
from symphony_codecs.schema.export.changes import nothing as _symphony_codecs_schema_export_changes  # type: ignore[attr-defined]
from symphony_codecs.testing import nothing as _symphony_codecs_testing  # type: ignore[attr-defined]
from symphony_codecs.transports import nothing as _symphony_codecs_transports  # type: ignore[attr-defined]
from symphony_codecs.wire_stability import nothing as _symphony_codecs_wire_stability  # type: ignore[attr-defined]
from symphony_types import nothing as _symphony_types  # type: ignore[attr-defined]
from symphony_types.artifact import nothing as _symphony_types_artifact  # type: ignore[attr-defined]
from symphony_types.extension import nothing as _symphony_types_extension  # type: ignore[attr-defined]
from symphony_types.message import nothing as _symphony_types_message  # type: ignore[attr-defined]
from symphony_types.traits import nothing as _symphony_types_traits  # type: ignore[attr-defined]
from symphony_types.workflow import nothing as _symphony_types_workflow  # type: ignore[attr-defined]
