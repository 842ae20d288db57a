# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: binding=False, embedsignature=True, embedsignature.format=clinic
# cython: auto_pickle=False
"""
Where one document ends: `symphony_codecs.formats._extents` in C, by the same tables and with the same results.

No object locks: its user calls one method at a time.
"""

from symphony_codecs.formats import _extents as twin

from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_FromStringAndSize
from cpython.list cimport PyList_Append
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memchr, memcpy

include "extents/tables.pxi"
include "extents/items.pxi"
include "extents/texts.pxi"
include "extents/scanner.pxi"
