# What all readers are.

cdef object REFUSED = type("Refused", (), {"__slots__": (), "__repr__": lambda self: "REFUSED"})()
# A tag stands where nothing says what it is for: not to be tried again without it.
cdef object FORBIDDEN = object()


cdef extern from *:
    """
    static int symphony_is(PyObject *value, PyObject *cls) { return (PyObject *)Py_TYPE(value) == cls; }

    /* What a call gave, or what says that it raised. */
    static PyObject *symphony_refusing(PyObject *result, PyObject *refused)
    {
        return result == NULL ? symphony_on_error(refused) : result;
    }

    static PyObject *symphony_call_one(PyObject *function, PyObject *argument, PyObject *refused)
    {
        return symphony_refusing(PyObject_CallOneArg(function, argument), refused);
    }

    static PyObject *symphony_call_two(PyObject *function, PyObject *one, PyObject *other, PyObject *refused)
    {
        PyObject *arguments[2] = {one, other};
        return symphony_refusing(PyObject_Vectorcall(function, arguments, 2, NULL), refused);
    }

    /* One level deeper, if the stack bears it; raises nothing. */
    static int symphony_deeper(void)
    {
    #if PY_VERSION_HEX < 0x030C0000
        /* What is counted there is calls of Python, as many as the user allows; those in C are larger. */
        PyThreadState *state = PyThreadState_Get();
        if (state->recursion_limit - state->recursion_remaining > 2000)
            return 0;
    #endif
        if (Py_EnterRecursiveCall(" while reading")) {
            PyErr_Clear();
            return 0;
        }
        return 1;
    }
    """
    bint is_exactly "symphony_is"(object value, object cls) noexcept
    object call_one "symphony_call_one"(object function, object argument, object refused)
    object call_two "symphony_call_two"(object function, object one, object other, object refused)
    object refusing "symphony_refusing"(PyObject* result, object refused)
    bint _may_recurse "symphony_deeper"() noexcept
    void Py_LeaveRecursiveCall() noexcept
    Py_ssize_t PY_SSIZE_T_MAX
    PyObject* type_of "(PyObject *)Py_TYPE"(object value) noexcept
    PyObject* PyTuple_GET "PyTuple_GET_ITEM"(object items, Py_ssize_t at) noexcept
    void PyObject_GC_UnTrack(PyObject* container) noexcept
    void PyObject_GC_Track(PyObject* container) noexcept


cdef inline bint deeper() noexcept:
    """Go one level deeper, if the stack bears it."""
    return not is_stack_short(stack_end()) and _may_recurse()


cdef object untagged(object value):
    """Return a value without the CBOR tags before it, which typed positions ignore."""
    while is_exactly(value, CborTag):
        value = value.value
    return value


cdef class Reader:
    """
    The reading of one node.

    Both methods return a value, or REFUSED: `read` of builtins, `take` of
    what the cursor stands before.
    """

    cdef dict foreign    # by the builtin class of what only peers other than Rust write: what reads it; None: nothing

    cdef object read(self, object value):
        return REFUSED

    cdef object take(self, Cursor* cursor):
        cdef object value = value_at(cursor)
        return REFUSED if value is REFUSED else self.read(value)

    cdef object read_tagged(self, object value):
        """Read a `CborTag` as it is, which only hooks can; REFUSED: to be tried without its tags, or FORBIDDEN."""
        return REFUSED

    cdef object refuse(self, object value):
        """Refuse a value, unless it is one behind tags."""
        cdef object result
        if not is_exactly(value, CborTag):
            return REFUSED if self.foreign is None else self.of_foreign(value)
        result = self.read_tagged(value)
        if result is REFUSED:
            return self.read(untagged(value))
        return REFUSED if result is FORBIDDEN else result

    cdef object of_foreign(self, object value):
        """Read a form that only peers other than Rust write."""
        read = self.foreign.get(<object>type_of(value))
        return REFUSED if read is None else call_one(read, value, REFUSED)

    cdef bint minds_tags(self):
        """Return whether a CBOR tag makes a difference; typed values ignore it."""
        return False

    cdef object take_other(self, Cursor* cursor, int kind):
        """Take a value behind CBOR tags, in chunks or in a foreign form; refuse a value of another kind."""
        cdef object result
        cdef object value
        cdef Py_ssize_t passed = 0
        if kind == IS_LONG or (kind == IS_TAG and self.minds_tags()):
            return Reader.take(self, cursor)
        if kind == IS_ODD:
            cursor.needs_fallback = True
        if kind != IS_TAG:
            if self.foreign is None or (kind != IS_TEXT and kind != IS_STAMP and kind != IS_INT):
                return REFUSED
            value = value_at(cursor)
            return REFUSED if value is REFUSED else self.of_foreign(value)
        while kind_at(cursor) == IS_TAG and not is_bignum(cursor):
            if not pass_tag(cursor):
                return REFUSED
            passed += 1
        result = Reader.take(self, cursor) if kind_at(cursor) == IS_TAG else self.take(cursor)
        cursor.depth += passed
        return result


cdef class ForwardReference(Reader):
    """A node that is still being built: types that hold themselves."""

    cdef Reader target

    cdef object read(self, object value):
        cdef object result
        # Documents nest as deep as limits let them; what a plug-in's `loads` gives may nest deeper.
        if not deeper():
            return REFUSED
        try:
            result = self.target.read(value)
        finally:
            Py_LeaveRecursiveCall()
        return result

    cdef object read_tagged(self, object value):
        return self.target.read_tagged(value)

    cdef bint minds_tags(self):
        return self.target.minds_tags()

    cdef object take(self, Cursor* cursor):
        cdef object result
        if not deeper():
            return refuse_odd(cursor)
        try:
            result = self.target.take(cursor)
        finally:
            Py_LeaveRecursiveCall()
        return hand_up_partial(cursor, self, self.target) if result is REFUSED else result


cdef class HookReader(Reader):
    """A hook of cattrs, which may run any code."""

    cdef object type
    cdef object call

    def __cinit__(self, node):
        self.type = node.type
        self.call = node.call

    cdef object read(self, object value):
        if is_exactly(value, CborTag):
            return self.refuse(value)
        return call_two(self.call, value, self.type, REFUSED)

    cdef object read_tagged(self, object value):
        try:
            return self.call(value, self.type)
        except TagRefusedError:
            return FORBIDDEN
        except Exception as exc:
            caught(exc)
            return REFUSED

    cdef bint minds_tags(self):
        return True


cdef enum:
    # So many keys or items take no time worth a look, whatever their hashes.
    UNGUARDED = 1023


cdef class ValidatedReader(Reader):
    """A node, then checks of what it read."""

    cdef Reader inner
    cdef tuple checks
    cdef Py_ssize_t minimum
    cdef Py_ssize_t maximum
    cdef object options
    cdef bint is_sized
    cdef object guard         # looks at the hashes of items that have to be different; None: nobody can choose them
    cdef object distinct      # the check that they are; None: they need not be

    def __cinit__(self, Reader inner, node):
        self.inner = inner
        self.minimum = min(node.minimum, PY_SSIZE_T_MAX)
        self.maximum = PY_SSIZE_T_MAX if node.maximum is None else min(node.maximum, PY_SSIZE_T_MAX)
        self.is_sized = self.minimum > 0 or self.maximum != PY_SSIZE_T_MAX
        self.options = node.options
        alike = [check for check in node.checks if getattr(check, "__self__", None) == DISTINCT]
        self.distinct = alike[0] if alike else None
        self.guard = refuse_collisions if refuse_collisions in node.checks else None
        self.checks = tuple([check for check in node.checks if check not in alike and check is not refuse_collisions])

    cdef object read(self, object value):
        if is_exactly(value, CborTag):
            return self.refuse(value)
        return self.checked(self.inner.read(value))

    cdef object read_tagged(self, object value):
        return self.checked(self.inner.read_tagged(value))

    cdef bint minds_tags(self):
        return self.inner.minds_tags()

    cdef object take(self, Cursor* cursor):
        cdef object result = self.inner.take(cursor)
        return hand_up_partial(cursor, self, self.inner) if result is REFUSED else self.checked(result)

    cdef object checked(self, object value):
        if value is REFUSED or value is FORBIDDEN:
            return value
        try:
            if self.is_sized and not self.minimum <= len(value) <= self.maximum:
                return REFUSED
            if self.options is not None and value not in self.options:
                return REFUSED
        except Exception as exc:  # as that of a class of the user's
            caught(exc)
            return REFUSED
        if self.guard is not None and len(value) > UNGUARDED and call_one(self.guard, value, REFUSED) is REFUSED:
            return REFUSED
        if self.distinct is not None and not are_distinct(value) and call_one(self.distinct, value, REFUSED) is REFUSED:
            return REFUSED
        for check in self.checks:
            if call_one(check, value, REFUSED) is REFUSED:
                return REFUSED
        return value


cdef object DISTINCT = Each(None, None, unique=True)


cdef bint are_distinct(object items) except -1:
    """Return whether all items are different, for sure."""
    try:
        return len(set(items)) == len(items)
    except Exception as exc:  # they cannot be hashed, which the check makes the best of
        caught(exc)
        return False


cdef class OptionalReader(Reader):
    """None, or what is inside."""

    cdef Reader inner

    cdef object read(self, object value):
        if value is None:
            return None
        if is_exactly(value, CborTag):
            return self.refuse(value)
        return self.inner.read(value)

    cdef object read_tagged(self, object value):
        return self.inner.read_tagged(value)

    cdef bint minds_tags(self):
        return self.inner.minds_tags()

    cdef object take(self, Cursor* cursor):
        cdef object result
        cdef int kind = kind_at(cursor)
        if kind == IS_TAG:
            return self.take_other(cursor, kind)
        if kind != IS_NULL:
            result = self.inner.take(cursor)
            return hand_up_partial(cursor, self, self.inner) if result is REFUSED else result
        return None if pass_word(cursor, IS_NULL) else refuse_odd(cursor)
