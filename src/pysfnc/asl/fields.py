"""Which state has which fields, and what a field may hold.

Owns: the tables of fields and the rules for constants. Does not own: transitions (graph.py), expressions
(expressions.py), variables (scopes.py).

Facts: the Amazon States Language specification and "State machine structure" of the AWS docs; texts are recorded or
measured answers.
"""

from collections.abc import Callable, Mapping
from typing import Final

from pysfnc.asl.limits import MAX_DELAY_SECONDS, MAX_LABEL_CHARS, MAX_WAIT_SECONDS
from pysfnc.asl.names import ALL

_PATHS: Final = frozenset({"InputPath", "OutputPath"})
_RESULT_PATHS: Final = frozenset({"ResultPath", "ResultSelector", "Parameters"})
_FLOW: Final = frozenset({"Next", "End"})
_COMMON: Final = frozenset({"Type", "Comment", "QueryLanguage"})
_HANDLING: Final = frozenset({"Retry", "Catch"})
_DATA: Final = frozenset({"Output", "Assign"})

FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "Pass": _COMMON | _PATHS | _FLOW | _DATA | {"Result", "ResultPath", "Parameters"},
    "Succeed": _COMMON | _PATHS | {"Output"},
    "Fail": _COMMON | {"Error", "ErrorPath", "Cause", "CausePath"},
    "Choice": _COMMON | _PATHS | _DATA | {"Choices", "Default"},
    "Wait": _COMMON | _PATHS | _FLOW | _DATA | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
    "Task": _COMMON | _PATHS | _RESULT_PATHS | _FLOW | _DATA | _HANDLING
    | {"Resource", "Arguments", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath",
       "Credentials"},
    "Parallel": _COMMON | _PATHS | _RESULT_PATHS | _FLOW | _DATA | _HANDLING | {"Branches", "Arguments"},
    "Map": _COMMON | _PATHS | _RESULT_PATHS | _FLOW | _DATA | _HANDLING
    | {"ItemProcessor", "Iterator", "Items", "ItemsPath", "ItemSelector", "MaxConcurrency", "MaxConcurrencyPath",
       "ToleratedFailureCount", "ToleratedFailureCountPath", "ToleratedFailurePercentage",
       "ToleratedFailurePercentagePath", "ItemReader", "ItemBatcher", "ResultWriter", "Label"},
}  # fmt: skip
"""Fields of each type of state, in both query languages."""

JSONATA_ONLY: Final = frozenset({"Output", "Arguments", "Items"})
JSONPATH_ONLY: Final = frozenset(
    {
        "InputPath",
        "OutputPath",
        "ResultPath",
        "ResultSelector",
        "Parameters",
        "Result",
        "ItemsPath",
        "SecondsPath",
        "TimestampPath",
        "ErrorPath",
        "CausePath",
        "MaxConcurrencyPath",
        "TimeoutSecondsPath",
        "HeartbeatSecondsPath",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentagePath",
    }
)

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "Task": ("Resource",),
    "Parallel": ("Branches",),
    "Choice": ("Choices",),
}
"""Fields a state cannot do without. `Next` or `End`, and the alternatives of Wait and Map, are rules of their own."""

TERMINAL: Final = frozenset({"Succeed", "Fail"})
"""Types that end a flow by themselves; with Choice they have neither Next nor End."""

MACHINE_FIELDS: Final = frozenset({"Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"})
BRANCH_FIELDS: Final = frozenset({"Comment", "StartAt", "States"})
PROCESSOR_FIELDS: Final = BRANCH_FIELDS | {"ProcessorConfig"}
RETRIER_FIELDS: Final = frozenset(
    {"Comment", "ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"}
)
CATCHER_FIELDS: Final = frozenset({"Comment", "ErrorEquals", "Next", "Assign", "Output", "ResultPath"})
RULE_FIELDS: Final = frozenset({"Comment", "Condition", "Next", "Assign", "Output"})
"""A Choice rule in JSONata."""

Range = tuple[float, float | None]

NUMBERS: Final[Mapping[str, tuple[bool, Range]]] = {
    "TimeoutSeconds": (True, (1, None)),
    "HeartbeatSeconds": (True, (1, None)),
    "Seconds": (True, (0, MAX_WAIT_SECONDS)),
    "MaxConcurrency": (True, (0, None)),
    "ToleratedFailureCount": (True, (0, None)),
    "ToleratedFailurePercentage": (False, (0, 100)),
    "IntervalSeconds": (True, (1, MAX_WAIT_SECONDS)),
    "MaxAttempts": (True, (0, MAX_WAIT_SECONDS)),
    "BackoffRate": (False, (1, None)),
    "MaxDelaySeconds": (True, (1, MAX_DELAY_SECONDS)),
}
"""Field -> whether it is a whole number, and its range."""

Complain = Callable[[str, str], None]
"""Called with a message and a path below the state, such as "/Seconds"."""


def check_number(field: str, value: object, complain: Complain, place: str) -> None:
    """A constant number of a field in `NUMBERS`."""
    whole, (lowest, highest) = NUMBERS[field]
    if isinstance(value, bool) or not isinstance(value, int | float):
        complain("Expected value of type " + ("Integer" if whole else "Number"), place)
    elif whole and value != int(value):
        complain("Expected value of type Integer", place)
    elif value < lowest:
        complain(f"Minimum value is {lowest:g}", place)
    elif highest is not None and value > highest:
        complain(f"Maximum value is {highest:.0f}", place)


def check_errors(entry: Mapping[str, object], last: bool, complain: Complain, place: str) -> None:
    """`ErrorEquals` of a retrier or catcher: a non-empty list of names, States.ALL alone and in the last entry."""
    names = entry.get("ErrorEquals")
    if names is None:
        complain("The field 'ErrorEquals' is required but was missing", place)
    elif not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        complain("Expected value of type Array of String", f"{place}/ErrorEquals")
    elif not names:
        complain("Value cannot be empty", f"{place}/ErrorEquals")
    elif ALL in names and (len(names) > 1 or not last):
        complain(f"'{ALL}' must appear alone and in the last entry", f"{place}/ErrorEquals")


def check_label(label: object, complain: Complain) -> None:
    """Label of a distributed Map."""
    if not isinstance(label, str):
        complain("Expected value of type String", "/Label")
    elif not 0 < len(label) <= MAX_LABEL_CHARS:
        complain(f"Label must have 1 to {MAX_LABEL_CHARS} characters", "/Label")
