"""Signed meter values in OCMF: what they say, whether their signatures are good, and whether they belong together."""
