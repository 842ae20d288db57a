# Partial results of faulty documents, from which the Python executor finds every error.
#
# A container goes on behind a faulty item, and hands up builtins in which each value that it has read stands as
# `Structured`; so does its parent.  The Python executor then follows only the ways to the faults, and a document is read
# once, good or bad.  Readers that keep no partial result are re-read as plain builtins by their parent, or in the end
# the Python executor reads the whole document.

cdef struct Mark:
    const unsigned char* at
    Py_ssize_t depth
    Py_ssize_t unclaimed


cdef inline object structured(object value):
    """Return the `Structured` of *value*."""
    cdef object result = new_instance(<PyObject*>Structured, <PyObject*>NO_ARGUMENTS)
    result.value = value
    return result


cdef inline void set_mark(Mark* mark, Cursor* cursor) noexcept nogil:
    mark.at = cursor.at
    mark.depth = cursor.depth
    mark.unclaimed = cursor.unclaimed


cdef object leave(Cursor* cursor, Reader reader, object tree):
    """Refuse what *reader* stood before, and leave *tree* of it."""
    cdef Partial* partial = cursor.partial
    if partial.works:
        drop(partial)
        Py_INCREF(tree)
        partial.left = <PyObject*>tree
        partial.by = <PyObject*>reader
    return REFUSED


cdef int drop(Partial* partial) except -1:
    cdef PyObject* left = partial.left
    partial.left = NULL
    Py_XDECREF(left)
    return 0


cdef object take_partial(Cursor* cursor, Reader reader):
    """Take what *reader* has left, or REFUSED."""
    cdef Partial* partial = cursor.partial
    cdef object tree = REFUSED
    if partial.left != NULL and partial.by == <PyObject*>reader:
        tree = <object>partial.left
    drop(partial)
    return tree


cdef object hand_up_partial(Cursor* cursor, Reader reader, Reader inner):
    """Refuse what *inner* has refused in the place of *reader*: what was left is all that stands there."""
    if cursor.partial.by == <PyObject*>inner:
        cursor.partial.by = <PyObject*>reader
    return REFUSED


cdef object skip_faulty(Cursor* cursor, Reader reader, Mark* mark):
    """
    Return the builtins to leave for what *reader* has refused at *mark*, and stand behind it.

    REFUSED: there is nothing to be left.
    """
    cdef Partial* partial = cursor.partial
    cdef object tree = take_partial(cursor, reader)
    if cursor.needs_fallback or not partial.works:
        return REFUSED
    if tree is not REFUSED:
        return tree
    cursor.at, cursor.depth, cursor.unclaimed = mark.at, mark.depth, mark.unclaimed
    tree = value_at(cursor)
    partial.spare -= cursor.at - mark.at
    if tree is REFUSED or partial.spare < 0:
        # Each level might read all below it once more.
        partial.works = False
        return REFUSED
    return tree


cdef object leave_array(
    Cursor* cursor, Reader reader, Reader alike, tuple readers, list items, Py_ssize_t left, Mark* mark
):
    """
    Go on with an array, the item after *items* refused at *mark*, and leave it.

    Its items are read by *alike*, or, where that is None, by *readers*.
    """
    cdef Py_ssize_t number = PyList_GET_SIZE(items)
    cdef list tree
    cdef Reader inner = <Reader>PyTuple_GET(readers, number) if alike is None else alike
    cdef object part = skip_faulty(cursor, inner, mark)
    if part is REFUSED:
        return REFUSED
    tree = [structured(item) for item in items]
    while part is not REFUSED:
        tree.append(part)
        number += 1
        if not another(cursor, &left):
            return leave(cursor, reader, tree) if closes(cursor, left, c"]") else REFUSED
        if alike is None:
            if number == len(readers):
                return REFUSED
            inner = <Reader>PyTuple_GET(readers, number)
        set_mark(mark, cursor)
        part = inner.take(cursor)
        part = skip_faulty(cursor, inner, mark) if part is REFUSED else structured(part)
    return REFUSED
