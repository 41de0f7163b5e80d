"""Benchmarks: tables printed as Markdown."""
