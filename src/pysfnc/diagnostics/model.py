"""What a diagnostic is: data only. Who makes them is `sink`, how they look is `render`."""

import enum

from pysfnc.lean import dataclass
from pysfnc.source import Span

__all__ = ["Code", "Diagnostic", "Label", "Severity"]


class Severity(enum.Enum):
    """How bad it is: an error stops compilation, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the registry of codes. `number` ("SFN214") and `slug` ("maybe-unset") are never reused."""

    number: str
    slug: str
    title: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True, slots=True)
class Label:
    """A second place that explains the first, and why it matters."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message for the user.

    `message` stands alone: a lowercase phrase without a full stop, names in backticks, one fact. `label` says why
    `span` is underlined. `notes` are facts, `helps` are actions and begin with "write instead" where they propose code.
    `span` is None only when the message is about no place in a file.
    """

    code: Code
    message: str
    span: Span | None
    label: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether this diagnostic stops compilation."""
        return self.code.severity is Severity.ERROR

    @property
    def order(self) -> tuple[str, int, int, int, int, str]:
        """A key that sorts by file, place and code; a diagnostic without a place comes last."""
        place = self.span.order if self.span else ("\U0010ffff", 0, 0, 0, 0)
        return (*place, self.code.number)
