"""Strings: methods, `repr`, formats, patterns, JSON, encodings."""
