"""
Names that no package has: each line is an error for pyright, which reports ignored errors that are none.

A package that turns wrong names into ``Any`` fails `make lint` here; a test compares the list with the packages that
there are.  mypy has a file of its own.
"""
# ruff: noqa: F401
# mypy: disable-error-code="attr-defined"
# pyright: reportUnnecessaryTypeIgnoreComment=true, reportUnusedImport=false

from __future__ import annotations

from symphony_codecs import nothing as _symphony_codecs  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs._generation import nothing as _symphony_codecs__generation  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.arrow import nothing as _symphony_codecs_arrow  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.benchmark import nothing as _symphony_codecs_benchmark  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.benchmark.html import nothing as _symphony_codecs_benchmark_html  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.brokers import nothing as _symphony_codecs_brokers  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.channels import nothing as _symphony_codecs_channels  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.channels.asyncio import nothing as _symphony_codecs_channels_asyncio  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.channels.blocking import nothing as _symphony_codecs_channels_blocking  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.cli import nothing as _symphony_codecs_cli  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.cli.convert import nothing as _symphony_codecs_cli_convert  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.cli.inspect import nothing as _symphony_codecs_cli_inspect  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.cli.schema import nothing as _symphony_codecs_cli_schema  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.compiled import nothing as _symphony_codecs_compiled  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.formats import nothing as _symphony_codecs_formats  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.framing import nothing as _symphony_codecs_framing  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.python import nothing as _symphony_codecs_python  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.recommend import nothing as _symphony_codecs_recommend  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.records import nothing as _symphony_codecs_records  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.schema import nothing as _symphony_codecs_schema  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.schema.export import nothing as _symphony_codecs_schema_export  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.schema.export._rust import nothing as _symphony_codecs_schema_export__rust  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.schema.export.changes import nothing as _symphony_codecs_schema_export_changes  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.testing import nothing as _symphony_codecs_testing  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.transports import nothing as _symphony_codecs_transports  # pyright: ignore[reportAttributeAccessIssue]
from symphony_codecs.wire_stability import nothing as _symphony_codecs_wire_stability  # pyright: ignore[reportAttributeAccessIssue]
from symphony_types import nothing as _symphony_types  # pyright: ignore[reportAttributeAccessIssue]
from symphony_types.artifact import nothing as _symphony_types_artifact  # pyright: ignore[reportAttributeAccessIssue]
from symphony_types.extension import nothing as _symphony_types_extension  # pyright: ignore[reportAttributeAccessIssue]
from symphony_types.message import nothing as _symphony_types_message  # pyright: ignore[reportAttributeAccessIssue]
from symphony_types.traits import nothing as _symphony_types_traits  # pyright: ignore[reportAttributeAccessIssue]
from symphony_types.workflow import nothing as _symphony_types_workflow  # pyright: ignore[reportAttributeAccessIssue]
