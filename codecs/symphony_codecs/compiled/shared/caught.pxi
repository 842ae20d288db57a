# What is caught must say something about the value or the document: see `symphony_codecs._signals`.

from symphony_codecs._nested import caught as caught_in_python, forget, hook_failed

# Whether an error was remembered that a call inside has raised; see `symphony_codecs._nested`.
cdef bint has_remembered = False

cdef extern from *:
    """
    /* What is to be done where a call of Python has raised: returns what stands for a refusal, or raises. */
    static PyObject *(*symphony_on_error)(PyObject *);

    static PyObject *symphony_take_raised(void)
    {
    #if PY_VERSION_HEX >= 0x030C0000
        return PyErr_GetRaisedException();
    #else
        PyObject *type, *value, *trace;
        PyErr_Fetch(&type, &value, &trace);
        PyErr_NormalizeException(&type, &value, &trace);
        if (trace != NULL)
            PyException_SetTraceback(value, trace);
        Py_XDECREF(type);
        Py_XDECREF(trace);
        return value;
    #endif
    }

    static PyObject *symphony_still_raised(void) { return NULL; }
    """
    object (*symphony_on_error)(object)
    object take_raised "symphony_take_raised"()
    object still_raised "symphony_still_raised"()
    bint is_raised "PyErr_ExceptionMatches"(object kind) noexcept


cdef int caught(object exc) except -1:
    """Raise *exc* again if it came out of a signal handler; called first wherever any exception is caught."""
    global has_remembered
    try:
        if caught_in_python(exc):
            has_remembered = True
    except (RecursionError, MemoryError):  # there is no room to look
        pass
    return 0


cdef object refused_by_error(object refused):
    """Return *refused*, unless what is raised now is to go on its way."""
    if not is_raised(Exception):
        return still_raised()
    caught(take_raised())
    return refused


cdef int let_go() except -1:
    """Forget what was remembered, at the end of the outermost call."""
    global has_remembered
    has_remembered = False
    forget()
    return 0


symphony_on_error = refused_by_error
