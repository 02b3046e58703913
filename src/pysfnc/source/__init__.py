"""Source text: files with a line table, and spans in them. Knows nothing of what the text means."""

from pysfnc.source.span import Span
from pysfnc.source.text import SourceError, SourceFile, display_path

__all__ = ["SourceError", "SourceFile", "Span", "display_path"]
