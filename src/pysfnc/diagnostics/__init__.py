"""Messages for the user: codes, their collection, their looks, and a page of explanation for each.

Owns the wording's frame, not the wording: each layer reports its own messages through a `Sink`. The codes are
`pysfnc.diagnostics.codes`.
"""

from pysfnc.diagnostics import codes
from pysfnc.diagnostics.codes import find_code
from pysfnc.diagnostics.model import Code, Diagnostic, Label, Severity
from pysfnc.diagnostics.nearest import nearest
from pysfnc.diagnostics.sink import Reported, Sink, shown

__all__ = [
    "Code",
    "Diagnostic",
    "Label",
    "Reported",
    "Severity",
    "Sink",
    "codes",
    "find_code",
    "nearest",
    "shown",
]
