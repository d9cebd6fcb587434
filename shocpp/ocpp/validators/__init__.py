"""
One module an operation, with `request` and `confirmation`.

Generated from the schemas by `python -m shocpp.ocpp.generate`; not to be edited.
"""
