"""Names that AWS gave a meaning: errors, query languages, kinds of state.

Owns: the constants. Does not own: their use.
"""

from typing import Final

JSONATA: Final = "JSONata"
JSONPATH: Final = "JSONPath"

ALL: Final = "States.ALL"
TASK_FAILED: Final = "States.TaskFailed"
TIMEOUT: Final = "States.Timeout"
HEARTBEAT_TIMEOUT: Final = "States.HeartbeatTimeout"
RUNTIME: Final = "States.Runtime"
PERMISSIONS: Final = "States.Permissions"
NO_CHOICE_MATCHED: Final = "States.NoChoiceMatched"
DATA_LIMIT_EXCEEDED: Final = "States.DataLimitExceeded"
QUERY_EVALUATION_ERROR: Final = "States.QueryEvaluationError"
TOLERATED_FAILURE_EXCEEDED: Final = "States.ExceedToleratedFailureThreshold"

LAMBDA_INVOKE: Final = "arn:aws:states:::lambda:invoke"

STATE_TYPES: Final = ("Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map")
"""In the order in which AWS lists them in its messages (recorded answer)."""
