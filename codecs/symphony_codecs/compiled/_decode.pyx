# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: binding=False, embedsignature=True, embedsignature.format=clinic
# cython: auto_pickle=False
"""
Reading: executes schemas, from a format's bytes or builtins to objects.

Nothing here says what is wrong with a document.  What a reader cannot read it
refuses, and the reference path reads the same document, or says why not.
"""

import uuid

from sys import get_int_max_str_digits, intern, modules

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath

from attr import _config
from msgpack import Timestamp as MessagePackTimestamp, packb as pack_msgpack
from orjson import dumps as dump_json

from symphony_types.checks import Each
from symphony_types._tagged import TaggedValue
from symphony_types.time import Duration, Timestamp

from symphony_codecs.formats._cbor_write import encode as encode_cbor
from symphony_codecs.formats._json_numbers import take_wanted
from symphony_codecs.formats._faults import EXPLAINERS, Fault
from symphony_codecs.formats.base import CborTag, EqualKey, FormatError, Limits, TypedKey, contiguous, stack_ends
from symphony_codecs.python.explain import Structured, TagRefusedError
from symphony_codecs.schema import nodes
from symphony_codecs.schema.hashes import refuse_collisions

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.datetime cimport import_datetime, date_new, datetime_new, time_new, timedelta_new
from cpython.dict cimport PyDict_CheckExact, PyDict_GetItemWithError, PyDict_Next, PyDict_SetItem, PyDict_Size
from cpython.exc cimport PyErr_Clear
from cpython.float cimport PyFloat_CheckExact
from cpython.list cimport PyList_CheckExact, PyList_GET_ITEM, PyList_GET_SIZE, PyList_New, PyList_SET_ITEM
from cpython.long cimport PyLong_CheckExact
from cpython.mem cimport PyMem_Calloc, PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_DECREF, Py_INCREF, Py_XDECREF
from cpython.tuple cimport PyTuple_New, PyTuple_SET_ITEM
from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_CheckExact, PyUnicode_GET_LENGTH
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memchr, memcmp, memcpy, memset

import_datetime()

include "shared/uuid.pxi"
include "shared/timestamps.pxi"
include "shared/slots.pxi"
include "shared/caught.pxi"
include "shared/sealing.pxi"
include "shared/reduced.pxi"
include "shared/stack.pxi"

cdef object UTC = timezone.utc

include "decode/source.pxi"
include "decode/reader.pxi"
include "decode/text.pxi"
include "decode/escapes.pxi"
include "decode/numbers.pxi"
include "decode/values.pxi"
include "decode/ahead.pxi"
include "decode/partial.pxi"
include "decode/skip.pxi"
include "decode/making.pxi"
include "decode/construction.pxi"
include "decode/scalars.pxi"
include "decode/untyped.pxi"
include "decode/ids.pxi"
include "decode/datetimes.pxi"
include "decode/texts.pxi"
include "decode/spans.pxi"
include "decode/enums.pxi"
include "decode/structs.pxi"
include "decode/containers.pxi"
include "decode/unions.pxi"
include "decode/names.pxi"
include "decode/typed_dicts.pxi"
include "decode/build.pxi"
include "decode/hooks.pxi"
include "decode/decoder.pxi"
include "decode/documents.pxi"
