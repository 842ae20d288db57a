# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
"""
Writing: executes plans, from objects straight to the bytes of JSON, MessagePack or CBOR.

Nothing here says what is wrong with a value.  What a writer cannot write it
refuses, and the reference path writes the same value, or says why not.
"""

import sys
import uuid

from collections.abc import Mapping, Set as AbstractSet
from datetime import date, datetime, time, timezone

from orjson import dumps as dump_json

from symphony_types._unset import UNSET
from symphony_types.time import Duration, Timestamp

from symphony_codecs.plans import nodes

from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.exc cimport PyErr_Clear, PyErr_ExceptionMatches
from libc.string cimport memmove, memset

include "shared/uuid.pxi"
include "shared/instants.pxi"
include "shared/slots.pxi"

cdef PyObject* UNSET_OBJECT = <PyObject*>UNSET

include "emit/sink.pxi"
include "emit/heads.pxi"
include "emit/text.pxi"
include "emit/numbers.pxi"
include "emit/writer.pxi"
include "emit/slots.pxi"
include "emit/scalars.pxi"
include "emit/ids_and_time.pxi"
include "emit/choices.pxi"
include "emit/plain.pxi"
include "emit/records.pxi"
include "emit/unions.pxi"
include "emit/containers.pxi"
include "emit/mappings.pxi"
include "emit/sets.pxi"
include "emit/builder.pxi"
include "emit/build_values.pxi"
include "emit/build_classes.pxi"
include "emit/build.pxi"
include "emit/encoder.pxi"
