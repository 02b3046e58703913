"""The quotas of Step Functions that concern a definition or a run, each with its unit in the name and its source.

Owns: the numbers. Does not own: checking (asl/validate.py before a run, engine/ during one).
"""

from typing import Final

MAX_DEFINITION_BYTES: Final = 1_048_576
"""AWS docs, "Service quotas", quotas related to state machine definitions: 1 MB. API model: definition max 1048576."""

MAX_PAYLOAD_BYTES: Final = 262_144
"""AWS docs, "Service quotas": 256 KiB of UTF-8 for input or output of a task, state or execution."""

MAX_VARIABLE_BYTES: Final = 262_144
"""AWS docs, "Passing data between states with variables": one variable."""

MAX_ASSIGN_BYTES: Final = 262_144
"""AWS docs, same page: all variables of one Assign together."""

MAX_VARIABLES_BYTES: Final = 10_485_760
"""AWS docs, same page: all variables of an execution, 10 MiB."""

MAX_HISTORY_EVENTS: Final = 25_000
"""AWS docs, "Service quotas": events of one Standard execution. Recorded answer: event 25,000 is the failure."""

MAX_STATE_NAME_CHARS: Final = 80
"""ASL spec: at most 80 Unicode characters."""

MAX_VARIABLE_NAME_CHARS: Final = 80
"""AWS docs, "Passing data between states with variables"."""

MAX_NAME_CHARS: Final = 80
"""API model: names of state machines and executions."""

MAX_LABEL_CHARS: Final = 40
"""AWS docs, distributed Map: Label."""

MAX_ERROR_CHARS: Final = 256
"""API model: SensitiveError."""

MAX_CAUSE_CHARS: Final = 32_768
"""API model: SensitiveCause."""

MAX_WAIT_SECONDS: Final = 99_999_999
"""AWS docs, Wait state:

Seconds. Also the default of a Task's TimeoutSeconds and the bound of IntervalSeconds and MaxAttempts.
"""

MAX_DELAY_SECONDS: Final = 31_622_400
"""AWS docs, "Handling errors": MaxDelaySeconds must be below 31,622,401."""

MAX_WAIT_DAYS: Final = 24_855
"""Measured on AWS: a Timestamp further ahead fails with "Wait state delay is too long"."""

MAX_INLINE_CONCURRENCY: Final = 40
"""AWS docs, Map state in inline mode: about 40 iterations at once."""

MAX_EXPRESS_SECONDS: Final = 300
"""AWS docs, "Service quotas": an Express execution lasts at most five minutes."""
