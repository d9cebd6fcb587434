"""
One module an operation, with `request` and `confirmation`.

Generated from the schemas by `python -m tests.generators.validators`; not to be edited.
"""
