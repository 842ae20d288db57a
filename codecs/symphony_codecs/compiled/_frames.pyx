# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# cython: binding=False, embedsignature=True, embedsignature.format=clinic
# cython: auto_pickle=False
"""
Native frames as most of them are: a whole message in one frame, in the format agreed on, not compressed.

`FrameWriter` goes from a message to the bytes of its frame, `FrameReader` from
bytes to messages, `FrameRewriter` from the bytes of one connection to those of
another.  None of them judges: whatever is not as usual they leave, with
all its bytes and all that follows, to `FrameEncoder` and `FrameDecoder`, which
say what it is and what is wrong with it.

No object locks: its user calls one method at a time.
"""

from zlib import crc32 as crc32_of

from symphony_types.message.envelope import MessageEnvelope, MessagePriority
from symphony_types.message.jsonrpc import JsonRpcNotification, JsonRpcRequest, JsonRpcResponse

from symphony_codecs.framing.errors import NEED_DATA, FrameError

cimport cython

from cpython.buffer cimport (
    PyBUF_SIMPLE,
    PyBuffer_FillInfo,
    PyBuffer_Release,
    PyObject_GetBuffer,
)
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE, _PyBytes_Resize
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memcpy, memmove

include "frames/crc.pxi"
include "frames/header.pxi"
include "frames/writer.pxi"
include "frames/received.pxi"
include "frames/reader.pxi"
include "frames/rewriter.pxi"
