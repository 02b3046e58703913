"""A complaint about a definition, in the form of ValidateStateMachineDefinition.

Owns: `Finding`, `InvalidDefinition`.
"""

from enum import StrEnum

from pysfnc.lean import dataclass


class Code(StrEnum):
    """The codes that AWS uses (recorded answers and measurements)."""

    SCHEMA = "SCHEMA_VALIDATION_FAILED"
    JSON = "INVALID_JSON_DESCRIPTION"
    NO_END = "MISSING_END_STATE"
    TARGET = "MISSING_TRANSITION_TARGET"
    STATE_NAME = "DUPLICATE_STATE_NAME"
    LABEL_NAME = "DUPLICATE_LABEL_NAME"
    VARIABLE_NAME = "DUPLICATE_VARIABLE_NAME"
    UNSUPPORTED_JSONATA = "UNSUPPORTED_JSONATA_EXPRESSION"
    INVALID_JSONATA = "INVALID_JSONATA_EXPRESSION"


@dataclass(frozen=True, slots=True)
class Finding:
    """One diagnostic.

    location: where, as `/States/Name/Field/key[0]`; None where AWS gives none.
    """

    code: Code
    message: str
    location: str | None
    severity: str = "ERROR"

    def to_json(self) -> dict[str, str]:
        """The shape that the API returns."""
        shown = {"severity": self.severity, "code": str(self.code), "message": self.message}
        return shown if self.location is None else {**shown, "location": self.location}

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {'null' if self.location is None else self.location}"


class InvalidDefinition(ValueError):
    """A definition that AWS refuses. `findings` says why."""

    def __init__(self, findings: list[Finding]) -> None:
        listed = ", ".join(str(finding) for finding in findings)
        super().__init__(f"Invalid State Machine Definition: '{listed}'")
        self.findings = findings
