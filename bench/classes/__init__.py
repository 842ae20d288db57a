"""
The plain classes of the works, once for each way to write a class: the same names, fields and order in each module.

Works make the same data of any of them, so that each library is measured on the classes that it is fastest with.
"""
