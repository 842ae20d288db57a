# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: binding=False, embedsignature=True, embedsignature.format=clinic
# cython: auto_pickle=False
"""
Writing: executes schemas, from objects straight to the bytes of JSON, MessagePack or CBOR.

Nothing here says what is wrong with a value.  What a writer cannot write it
refuses, and the reference path writes the same value, or says why not.
"""

import sys
import uuid

from collections import deque
from collections.abc import Mapping, Set as AbstractSet
from enum import Enum, Flag
from datetime import date, datetime, time, timedelta, timezone
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
)

from orjson import dumps as dump_json

from symphony_types.time import Duration, Timestamp

from symphony_codecs._extras import EXTRAS
from symphony_codecs.compiled._decode import REFUSAL, builtins_of, make_trial
from symphony_codecs.formats.base import TypedKey
from symphony_codecs.schema import nodes
from symphony_codecs.schema.enums import has_own_missing
from symphony_codecs.schema.kept import refuse_maxlen

cimport cython

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.exc cimport PyErr_Clear, PyErr_ExceptionMatches
from libc.string cimport memmove, memset

include "shared/uuid.pxi"
include "shared/timestamps.pxi"
include "shared/slots.pxi"
include "shared/caught.pxi"
include "shared/sealing.pxi"
include "shared/reduced.pxi"
include "shared/stack.pxi"

include "encode/sink.pxi"
include "encode/heads.pxi"
include "encode/text.pxi"
include "encode/floats.pxi"
include "encode/numbers.pxi"
include "encode/writer.pxi"
include "encode/quick.pxi"
include "encode/slots.pxi"
include "encode/scalars.pxi"
include "encode/ids_and_time.pxi"
include "encode/enums.pxi"
include "encode/classes.pxi"
include "encode/untyped.pxi"
include "encode/texts.pxi"
include "encode/structs.pxi"
include "encode/unions.pxi"
include "encode/containers.pxi"
include "encode/keys.pxi"
include "encode/dicts.pxi"
include "encode/sets.pxi"
include "encode/builder.pxi"
include "encode/build_values.pxi"
include "encode/build_classes.pxi"
include "encode/typed_dicts.pxi"
include "encode/build.pxi"
include "encode/encoder.pxi"
include "encode/hooks.pxi"
