"""
The plain classes of the works, one module for each kind of class, with the same names, fields and order in each.

A work builds the same data with any module, so that each library is measured on the classes it handles fastest.
"""
