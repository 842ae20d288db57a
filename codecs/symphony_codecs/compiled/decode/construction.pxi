# Instances of a class, of fields that have been read.

cdef extern from "Python.h":
    PyObject* PyObject_CallNoArgs(object function)
    PyObject* PyObject_CallMethodNoArgs(object instance, object name)
    PyObject* PyObject_Vectorcall(object function, PyObject** arguments, size_t count, PyObject* names)
    PyObject* PyObject_GetAttr(object instance, object name)
    int PyObject_GenericSetAttr(object instance, object name, PyObject* value)
    PyObject* TRUE "Py_True"


cdef dict RUN_VALIDATORS = vars(_config)
# How many documents are being read for which validators are disabled.
cdef Py_ssize_t without_validators = 0


cdef inline bint runs_validators() except -1:
    """Return whether attrs runs validators now."""
    cdef PyObject* found = PyDict_GetItemWithError(RUN_VALIDATORS, "_run_validators")
    return found == TRUE


cdef inline bint skips_checks() except -1:
    """Return whether readers leave out the checks of validators; another thread may have enabled them again."""
    return without_validators > 0 and not runs_validators()


cdef struct Place:
    Py_ssize_t at              # its place in the array of values
    PyObject* default          # what stands for what is missing, or makes it; NULL: it is never missing
    bint is_factory
    bint factory_takes_self
    PyObject* convert          # NULL: it is stored as it is
    bint convert_takes_self
    bint convert_takes_field
    PyObject* validators       # a tuple; NULL: there are none
    PyObject* default_validators
    PyObject* of               # the attribute that these get


cdef class Construction:
    """
    How instances are made: as the constructor does that, or by a call of the class.

    Values come in an array of `total` places, owned, NULL where one is
    missing; attributes that are not on the wire stand after the fields.  Where
    defaults are validated in another way as many places follow, which mark
    them.
    """

    cdef object cls
    cdef Py_ssize_t count      # of fields
    cdef Py_ssize_t total
    cdef Py_ssize_t size       # of the array
    cdef tuple arguments
    cdef tuple passed          # those of `arguments` that the constructor takes
    cdef bint* is_passed       # which they are
    cdef PyObject** fills      # what is given where there is nothing; NULL: nothing is
    cdef tuple filled          # which holds them
    cdef list stores           # what stores fields that the constructor does not take, and their places
    cdef bint goes_on          # whether there is more to do once the constructor has run
    cdef Maker maker           # None: the class is called
    cdef Place* places         # in the order of the constructor
    cdef Py_ssize_t set_count  # how many attributes it sets
    cdef object node           # which holds what the places point to
    cdef bint is_plain         # whether values are stored as they are read, and no function runs but factories
    cdef bint takes_self       # whether a function is called with the instance before it is whole
    cdef bint validates_fields
    cdef bint marks_defaults
    cdef str before
    cdef str after
    cdef str last
    cdef bint validates
    cdef object keep

    def __cinit__(self, node):
        cdef Py_ssize_t i
        self.cls = node.cls
        self.count = self.total = len(node.fields)
        self.arguments = tuple([intern(field.argument) for field in node.fields])
        self.passed = tuple([self.arguments[i] for i, field in enumerate(node.fields) if field.is_passed])
        self.filled = tuple([field.fill for field in node.fields])
        self.stores = [(i, field.store) for i, field in enumerate(node.fields) if field.store is not None]
        self.is_passed = <bint*>PyMem_Calloc(self.count + 1, sizeof(bint))
        self.fills = <PyObject**>PyMem_Calloc(self.count + 1, sizeof(PyObject*))
        if self.is_passed == NULL or self.fills == NULL:
            raise MemoryError
        for i, field in enumerate(node.fields):
            self.is_passed[i] = field.is_passed
            self.fills[i] = NULL if field.fill is nodes.ABSENT else PyTuple_GET(self.filled, i)
        self.validates = node.validates
        self.goes_on = self.validates or bool(self.stores)
        self.keep = node.keep
        if node.construction is not None:
            self.interpret(node.construction)
        self.size = self.total * 2 if self.marks_defaults else self.total

    def __dealloc__(self):
        PyMem_Free(self.is_passed)
        PyMem_Free(self.fills)
        PyMem_Free(self.places)

    cdef int interpret(self, node) except -1:
        cdef Place* place
        cdef Py_ssize_t i
        cdef list names = []
        self.before, self.after, self.last = node.before, node.after, node.last
        self.set_count = len(node.attributes)
        self.places = <Place*>PyMem_Calloc(self.set_count + 1, sizeof(Place))
        if self.places == NULL:
            raise MemoryError
        self.node = node
        self.is_plain = self.before is None
        self.takes_self = self.before is not None
        factory, absent = nodes.Factory, nodes.ABSENT
        for i, attribute in enumerate(node.attributes):
            name, field, default, convert, validators, default_validators, of = attribute
            place = &self.places[i]
            names.append(intern(name))
            place.at = self.total if field is None else field
            self.total += field is None
            place.of = <PyObject*>of
            if type(default) is factory:
                place.default = <PyObject*>default.call
                place.is_factory, place.factory_takes_self = True, default.takes_self
            elif default is not absent:
                place.default = <PyObject*>default.value
            if convert is not None:
                self.is_plain = False
                place.convert = <PyObject*>convert.call
                place.convert_takes_self, place.convert_takes_field = convert.takes_self, convert.takes_field
            self.takes_self = self.takes_self or place.factory_takes_self or place.convert_takes_self
            if validators:
                place.validators = <PyObject*>validators
                self.validates_fields = True
            if default_validators:
                place.default_validators = <PyObject*>default_validators
            self.marks_defaults = self.marks_defaults or default_validators != validators
        self.is_plain = self.is_plain and not self.takes_self
        has_dict = any(member_offset(<PyObject*>self.cls, <PyObject*>name, True) < 0 for name in names)
        self.maker = Maker(self.cls, names, has_dict=has_dict)
        return 0

    cdef inline PyObject** room(self, PyObject** few) except NULL:
        """Return an array for the values: *few* if it is long enough."""
        cdef PyObject** items = few
        cdef Py_ssize_t i
        if self.size > FEW:
            items = <PyObject**>PyMem_Malloc(self.size * sizeof(PyObject*))
            if items == NULL:
                raise MemoryError
        for i in range(self.size):
            items[i] = NULL
        return items

    cdef inline void leave(self, PyObject** few, PyObject** items) noexcept:
        cdef Py_ssize_t i
        for i in range(self.total):
            Py_XDECREF(items[i])
        if items != few:
            PyMem_Free(items)

    cdef object build(self, PyObject** items, dict extras):
        cdef object instance
        if self.maker is not None and self.maker.ready():
            instance = self.made(items)
        else:
            instance = self.called(items)
        if instance is REFUSED or (extras is None and not self.goes_on):
            return instance
        try:
            for place, store in self.stores:
                if items[<Py_ssize_t>place] != NULL:
                    store(instance, <object>items[<Py_ssize_t>place])
                elif self.fills[<Py_ssize_t>place] != NULL:
                    store(instance, <object>self.fills[<Py_ssize_t>place])
            if self.validates and tuple(instance.validation_errors()):
                return REFUSED
            if extras is not None:
                self.keep(instance, extras)
        except Exception as exc:
            caught(exc)
            return REFUSED
        return instance

    cdef object made(self, PyObject** items):
        """Do what the constructor does, in its order."""
        cdef object instance = None
        cdef bint is_told = self.validates_fields
        cdef bint was_quiet = True
        if self.takes_self:
            instance = self.maker.instance()
            if self.before is not None and self.run(instance, self.before) is REFUSED:
                return REFUSED
        if (not self.is_plain or not self.is_full(items)) and not self.fill(items, instance, &was_quiet, &is_told):
            return REFUSED
        if instance is None:
            if not was_quiet and not self.maker.ready():  # a factory or a converter has changed the class
                return REFUSED
            instance = self.stored(items)
            if instance is REFUSED:
                return REFUSED
        if is_told and runs_validators() and not self.is_valid(items, instance):
            return REFUSED
        if self.after is not None and self.run(instance, self.after) is REFUSED:
            return REFUSED
        if self.last is not None and not put(instance, self.last, <PyObject*>None):
            return REFUSED
        return instance

    cdef inline bint is_full(self, PyObject** items) noexcept:
        cdef Py_ssize_t i, total = self.total
        for i in range(total):
            if items[i] == NULL:
                return False
        return True

    cdef bint fill(self, PyObject** items, object instance, bint* was_quiet, bint* is_told) except -1:
        """Put defaults into the array, convert, and set an instance that is there already; False: refused."""
        cdef Py_ssize_t i
        cdef Place* place
        cdef PyObject* before
        cdef object value
        for i in range(self.set_count):
            place = &self.places[i]
            if items[place.at] != NULL:
                if self.is_plain:
                    continue
                value = <object>items[place.at]
            else:
                if place.default == NULL:
                    return False
                if self.marks_defaults and place.default_validators != place.validators:
                    items[self.total + place.at] = <PyObject*>self
                    is_told[0] = is_told[0] or place.default_validators != NULL
                value = <object>place.default
                if place.is_factory:
                    was_quiet[0] = False
                    if place.factory_takes_self:
                        value = call_one(value, instance, REFUSED)
                    else:
                        value = refusing(PyObject_CallNoArgs(value), REFUSED)
                    if value is REFUSED:
                        return False
            if place.convert != NULL:
                was_quiet[0] = False
                value = converted(place, value, instance)
                if value is REFUSED:
                    return False
            if instance is not None:
                if not put(instance, <object>PyTuple_GET(self.maker.names, i), <PyObject*>value):
                    return False
            else:
                before = items[place.at]
                Py_INCREF(value)
                items[place.at] = <PyObject*>value
                Py_XDECREF(before)
        return True

    cdef object stored(self, PyObject** items):
        """Return an instance with all values; nothing runs but stores."""
        cdef Py_ssize_t i, at, count = self.set_count
        cdef Place* place = self.places
        cdef Py_ssize_t* offsets = self.maker.offsets
        cdef object instance = self.maker.instance()
        for i in range(count):
            at = place[i].at
            if offsets[i] >= 0:
                fill(<PyObject*>instance, offsets[i], items[at])
                items[at] = NULL
            elif not put(instance, <object>PyTuple_GET(self.maker.names, i), items[at]):
                return REFUSED
        return instance

    cdef bint is_valid(self, PyObject** items, object instance) except -1:
        cdef Py_ssize_t i
        cdef Place* place
        cdef PyObject* validators
        cdef PyObject* arguments[3]
        cdef object value
        for i in range(self.set_count):
            place = &self.places[i]
            validators = place.validators
            if self.marks_defaults and items[self.total + place.at] != NULL:
                validators = place.default_validators
            if validators == NULL:
                continue
            # As the constructor does: another validator may have set it.
            value = refusing(PyObject_GetAttr(instance, <object>PyTuple_GET(self.maker.names, i)), REFUSED)
            if value is REFUSED:
                return False
            arguments[0], arguments[1], arguments[2] = <PyObject*>instance, place.of, <PyObject*>value
            for validator in <tuple>validators:
                if refusing(PyObject_Vectorcall(validator, arguments, 3, NULL), REFUSED) is REFUSED:
                    return False
        return True

    cdef inline object run(self, object instance, str method):
        return refusing(PyObject_CallMethodNoArgs(instance, method), REFUSED)

    cdef object called(self, PyObject** items):
        """Call the class, with all arguments by name: what their order is may have changed."""
        cdef Py_ssize_t i, given = 0
        cdef PyObject* few[FEW]
        cdef PyObject** values = few
        cdef tuple names = self.passed
        cdef list named
        if self.count > FEW:
            values = <PyObject**>PyMem_Malloc(self.count * sizeof(PyObject*))
            if values == NULL:
                return REFUSED
        try:
            for i in range(self.count):
                if self.is_passed[i] and (items[i] != NULL or self.fills[i] != NULL):
                    values[given] = items[i] if items[i] != NULL else self.fills[i]
                    given += 1
            if given < len(names):
                named = []
                for i in range(self.count):
                    if self.is_passed[i] and (items[i] != NULL or self.fills[i] != NULL):
                        named.append(<object>PyTuple_GET(self.arguments, i))
                names = tuple(named)
            return refusing(PyObject_Vectorcall(self.cls, values, 0, <PyObject*>names), REFUSED)
        finally:
            if values != few:
                PyMem_Free(values)


cdef object converted(Place* place, object value, object instance):
    cdef PyObject* arguments[3]
    cdef size_t count = 1
    arguments[0] = <PyObject*>value
    if place.convert_takes_self:
        arguments[count] = <PyObject*>instance
        count += 1
    if place.convert_takes_field:
        arguments[count] = place.of
        count += 1
    return refusing(PyObject_Vectorcall(<object>place.convert, arguments, count, NULL), REFUSED)


cdef inline bint put(object instance, object name, PyObject* value) except -1:
    """Store a value in an instance, past what its class does where attributes are set."""
    if PyObject_GenericSetAttr(instance, name, value) == 0:
        return True
    PyErr_Clear()
    return False
