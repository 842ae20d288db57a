# The attributes of instances, read where they lie.

cdef extern from *:
    """
    /* Whether an attribute is looked up as that of any object is, so that a slot says all. */
    static int symphony_is_looked_up_plainly(PyObject *cls, PyObject *getattribute)
    {
        PyObject *found = _PyType_Lookup((PyTypeObject *)cls, getattribute);
        return found != NULL && found == _PyType_Lookup(&PyBaseObject_Type, getattribute);
    }

    #if PY_VERSION_HEX >= 0x030B0000 && PY_VERSION_HEX < 0x030C0000
        #ifndef Py_BUILD_CORE
            #define Py_BUILD_CORE 1
        #endif
        #include "internal/pycore_dict.h"

    /* The place of what is under a name among the values of instances without slots; -1: there is none, as yet. */
    static Py_ssize_t symphony_value_place(PyObject *type, PyObject *name)
    {
        PyTypeObject *cls = (PyTypeObject *)type;
        PyObject *found = _PyType_Lookup(cls, name);
        PyDictKeysObject *keys;
        Py_ssize_t i;
        if (!PyType_HasFeature(cls, Py_TPFLAGS_MANAGED_DICT) || (found != NULL && Py_TYPE(found)->tp_descr_set != NULL))
            return -1;
        keys = ((PyHeapTypeObject *)cls)->ht_cached_keys;
        if (keys == NULL || !DK_IS_UNICODE(keys))
            return -1;
        for (i = 0; i < keys->dk_nentries; i++)
            if (DK_UNICODE_ENTRIES(keys)[i].me_key == name)
                return i;
        return -1;
    }

    static inline PyObject *symphony_value_at(PyObject *instance, Py_ssize_t place, PyObject *name)
    {
        PyDictValues *values = ((PyDictValues **)instance)[-4];
        PyObject *dict = ((PyObject **)instance)[-3];
        if (values != NULL)
            return values->values[place];
        if (dict == NULL || !DK_IS_UNICODE(((PyDictObject *)dict)->ma_keys))
            return NULL;
        return _PyDict_GetItem_KnownHash(dict, name, ((PyASCIIObject *)name)->hash);
    }
    #else
        /* Values lie elsewhere in each version of the interpreter, which looks attributes up by name. */
        #define symphony_value_place(type, name) ((Py_ssize_t)-1)
        #define symphony_value_at(instance, place, name) ((PyObject *)NULL)
    #endif
    """
    Py_ssize_t value_place "symphony_value_place"(PyObject* cls, PyObject* name) noexcept
    PyObject* value_at "symphony_value_at"(PyObject* instance, Py_ssize_t place, PyObject* name) noexcept
    bint _is_looked_up_plainly "symphony_is_looked_up_plainly"(PyObject* cls, PyObject* getattribute) noexcept
    PyObject* _get_attribute "PyObject_GetAttr"(PyObject* instance, PyObject* name) noexcept


cdef enum:
    LOOKS = 100


cdef str _GETATTRIBUTE = "__getattribute__"


cdef class Slots:
    """
    Where a class keeps some of its attributes.

    That holds for instances of exactly this class, and for as long as the
    class is what it was: its version changes with each change to it or
    to its bases, and then it is looked at again.
    """

    cdef object cls
    cdef tuple names
    cdef Py_ssize_t* offsets    # below -1: the place among the values, from -2 downwards
    cdef int looks              # how often offsets may still be looked for in vain
    cdef unsigned int version

    def __cinit__(self, cls, names):
        self.cls = cls
        self.names = tuple(map(sys.intern, names))
        self.offsets = <Py_ssize_t*>PyMem_Malloc((len(self.names) + 1) * sizeof(Py_ssize_t))
        if self.offsets == NULL:
            raise MemoryError
        self.looks = LOOKS
        self.look()

    def __dealloc__(self):
        PyMem_Free(self.offsets)

    cdef void look(self) noexcept:
        cdef PyObject* cls = <PyObject*>self.cls
        cdef Py_ssize_t i
        cdef bint is_plain
        self.version = version_of(cls, <PyObject*>_GETATTRIBUTE)
        # Without a version nobody would tell of changes.
        is_plain = self.version != 0 and _is_looked_up_plainly(cls, <PyObject*>_GETATTRIBUTE)
        for i in range(len(self.names)):
            self.offsets[i] = member_offset(cls, <PyObject*>self.names[i], False) if is_plain else -1
            if is_plain and self.offsets[i] < 0:
                self.offsets[i] = -2 - value_place(cls, <PyObject*>self.names[i])  # -1 where there is none

    cdef inline void check(self) noexcept:
        """Make sure that the offsets are right, for all that is read before any other code runs."""
        if current_version(<PyObject*>self.cls) != self.version:
            self.look()

    cdef inline PyObject* lent(self, PyObject* instance, Py_ssize_t index) noexcept:
        """Return an attribute that lies where it is known to lie, without a reference; NULL: it does not."""
        cdef Py_ssize_t offset = self.offsets[index]
        if offset > 0:
            return slot_at(instance, offset)
        return NULL if offset >= -1 else value_at(instance, -2 - offset, <PyObject*>self.names[index])

    cdef inline PyObject* get(self, PyObject* instance, Py_ssize_t index) except? NULL:
        """Return a new reference to an attribute; NULL: it has none, or reading it failed."""
        cdef PyObject* item = self.lent(instance, index)
        if item != NULL:
            keep(item)
            return item
        # Also for an empty slot: `__getattr__` may have something to say.
        return self.ask(instance, index)

    cdef PyObject* ask(self, PyObject* instance, Py_ssize_t index) except? NULL:
        cdef PyObject* item
        if self.offsets[index] == -1 and self.looks > 0:
            # Places are given to names when the first instances get their attributes.
            self.looks -= 1
            self.look()
        item = _get_attribute(instance, <PyObject*>self.names[index])
        if item == NULL and PyErr_ExceptionMatches(Exception):
            caught(take_raised())
        return item
