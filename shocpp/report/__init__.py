"""Statements for people and tools: words, numbers and dates of a language, and one module a format."""
