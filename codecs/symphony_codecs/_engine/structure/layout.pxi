# Where the attributes of a class lie in its instances, and whether that is still so.
#
#     cdef Layout layout_of(object cls, tuple names)
#         The layout of attributes *names*; never fails, an attribute without a slot of its own has offset -1.
#     cdef inline bint layout_holds(Layout layout)
#         Whether the offsets, and `makes`, are still right: one comparison, unless the class has been changed.
#         Ask before each use on an instance of exactly `layout.cls`.
#     cdef inline PyObject* slot_at(object instance, Py_ssize_t offset)
#         What the slot holds, borrowed; NULL where it is empty.  Take a reference before anything else runs.
#     cdef inline void slot_fill(PyObject* fresh, Py_ssize_t offset, PyObject* owned)
#         Put a reference into an empty slot of an instance that nobody else has seen.
#     cdef inline PyObject* bare_instance(Layout layout)
#         A new instance whose slots are empty, NULL with an exception; only where `makes` holds.  It is known to the
#         garbage collector at once, so fill it before anything else runs.
#
#     Layout.offsets[i]   offset of names[i], or -1
#     Layout.reads        whether no offset is -1, and attributes are looked up in the usual way
#     Layout.makes        whether `reads`, and calling the class is nothing but `object.__new__` and `__init__`, and
#                         `__init__` is the one that the class had when the layout was made
#
# A class's version tag changes with every change to it or to a base; a tag is never used again.

from cpython.mem cimport PyMem_Calloc, PyMem_Free

cdef extern from *:
    """
    #if PY_VERSION_HEX < 0x030C0000
    #include "structmember.h"
    #define SYM_OBJECT_EX T_OBJECT_EX
    /* The flag is cleared on a change, the number may stay. */
    #define sym_version_tag(tp) (((tp)->tp_flags & Py_TPFLAGS_VALID_VERSION_TAG) ? (tp)->tp_version_tag : 0)
    #else
    #define SYM_OBJECT_EX Py_T_OBJECT_EX
    #define sym_version_tag(tp) ((tp)->tp_version_tag)
    #endif

    /* The offset of a member descriptor, if it is the plain slot of an object in instances of tp; else -1. */
    static Py_ssize_t sym_slot_offset(PyTypeObject *tp, PyObject *descriptor)
    {
        if (descriptor == NULL || !Py_IS_TYPE(descriptor, &PyMemberDescr_Type)) {
            return -1;
        }
        PyMemberDescrObject *slot = (PyMemberDescrObject *)descriptor;
        PyMemberDef *member = slot->d_member;
        if (member->type != SYM_OBJECT_EX || member->flags != 0 || !PyType_IsSubtype(tp, slot->d_common.d_type)) {
            return -1;
        }
        if (member->offset < (Py_ssize_t)sizeof(PyObject)
            || member->offset > tp->tp_basicsize - (Py_ssize_t)sizeof(PyObject *)
            || member->offset % (Py_ssize_t)sizeof(PyObject *) != 0) {
            return -1;
        }
        return member->offset;
    }

    static int sym_usual_attributes(PyTypeObject *tp, PyObject *name)
    {
        return tp->tp_getattro == PyObject_GenericGetAttr
            || _PyType_Lookup(tp, name) == _PyType_Lookup(&PyBaseObject_Type, name);
    }

    static int sym_usual_new(PyTypeObject *tp)
    {
        return Py_IS_TYPE((PyObject *)tp, &PyType_Type)
            && tp->tp_new == PyBaseObject_Type.tp_new
            && tp->tp_alloc == PyType_GenericAlloc
            && tp->tp_itemsize == 0
            && (tp->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0
            && (tp->tp_flags & Py_TPFLAGS_IS_ABSTRACT) == 0;
    }

    #define sym_slot_at(instance, offset) (*(PyObject **)((char *)(instance) + (offset)))
    #define sym_slot_fill(instance, offset, value) (*(PyObject **)((char *)(instance) + (offset)) = (value))
    #define sym_bare_instance(tp) (((PyTypeObject *)(tp))->tp_alloc((PyTypeObject *)(tp), 0))
    """
    unsigned int sym_version_tag(PyTypeObject* tp) noexcept
    Py_ssize_t sym_slot_offset(PyTypeObject* tp, PyObject* descriptor) noexcept
    bint sym_usual_attributes(PyTypeObject* tp, object name) noexcept
    bint sym_usual_new(PyTypeObject* tp) noexcept
    PyObject* sym_slot_at(PyObject* instance, Py_ssize_t offset) noexcept
    void sym_slot_fill(PyObject* instance, Py_ssize_t offset, PyObject* value) noexcept
    PyObject* sym_bare_instance(PyObject* tp) noexcept

cdef extern from "Python.h":
    PyObject* _PyType_Lookup(PyTypeObject* tp, object name) noexcept


cdef class Layout:
    """Where the attributes of a class lie in its instances."""

    cdef readonly object cls
    cdef readonly tuple names
    cdef Py_ssize_t* offsets
    cdef readonly bint reads
    cdef readonly bint makes
    cdef unsigned int version
    cdef unsigned int refused
    cdef object init

    def __cinit__(self, object cls, tuple names):
        self.cls = cls
        self.names = names
        self.offsets = <Py_ssize_t*>PyMem_Calloc(max(len(names), 1), sizeof(Py_ssize_t))
        if self.offsets is NULL:
            raise MemoryError
        cdef PyTypeObject* tp = <PyTypeObject*>cls
        cdef PyObject* init
        cdef Py_ssize_t i
        self.reads = sym_usual_attributes(tp, "__getattribute__")
        for i in range(len(names)):
            self.offsets[i] = sym_slot_offset(tp, _PyType_Lookup(tp, names[i]))
            if self.offsets[i] < 0:
                self.reads = False
        init = _PyType_Lookup(tp, "__init__")
        self.init = <object>init if init is not NULL else None
        self.makes = self.reads and init is not NULL and sym_usual_new(tp)
        # Looking names up has given the class its tag.
        self.version = sym_version_tag(tp)

    def __dealloc__(self):
        PyMem_Free(self.offsets)

    cdef bint look(self) noexcept:
        """Look whether a class that has been changed is still laid out like this."""
        cdef PyTypeObject* tp = <PyTypeObject*>self.cls
        cdef unsigned int version
        cdef Py_ssize_t i
        version = sym_version_tag(tp)
        if version != 0 and version == self.refused:
            return False
        cdef bint same = not self.reads or sym_usual_attributes(tp, "__getattribute__")
        for i in range(len(self.names)):
            if self.offsets[i] != sym_slot_offset(tp, _PyType_Lookup(tp, self.names[i])):
                same = False
        if _PyType_Lookup(tp, "__init__") is not <PyObject*>self.init or (self.makes and not sym_usual_new(tp)):
            same = False
        version = sym_version_tag(tp)
        # Zero: changed so often that the interpreter gives it no tags any more, so it is looked at each time.
        if same:
            self.version = version
        else:
            self.refused = version
        return same


cdef inline Layout layout_of(object cls, tuple names):
    return Layout.__new__(Layout, cls, names)


cdef inline bint layout_holds(Layout layout) noexcept:
    cdef unsigned int version = sym_version_tag(<PyTypeObject*>layout.cls)
    return (version != 0 and version == layout.version) or layout.look()


cdef inline PyObject* slot_at(object instance, Py_ssize_t offset) noexcept:
    return sym_slot_at(<PyObject*>instance, offset)


cdef inline void slot_fill(PyObject* fresh, Py_ssize_t offset, PyObject* owned) noexcept:
    sym_slot_fill(fresh, offset, owned)


cdef inline PyObject* bare_instance(Layout layout) noexcept:
    return sym_bare_instance(<PyObject*>layout.cls)
