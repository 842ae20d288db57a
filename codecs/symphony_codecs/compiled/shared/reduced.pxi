# What the objects behind a codec's functions pickle as.
#
# A method pickles as an attribute of what it is bound to.  The object says which codec and which type, and whoever reads
# the pickle finds or makes the function, and puts it into something that has it as that attribute.

cdef object reduced(reference):
    if reference is None:
        raise TypeError("expected a function of a codec, got one that belongs to none and cannot be pickled")
    return reference.__reduce__()
