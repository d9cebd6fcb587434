"""shocpp: a central system for electric-vehicle charge points, made of small Unix commands."""

__version__ = "0.1.0"
