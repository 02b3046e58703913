from tests.workflows.scenario import AwsError, Failure, Scenario

JOB = {"job": {"id": "j1", "items": [1, 2]}}
ENVIRON = {"SEMAPHORE_TABLE": "locks"}
FULL = AwsError("ConditionalCheckFailedException", "The conditional request failed")

SCENARIOS = [
    Scenario("room", JOB, {"job": "j1", "size": 2}, {"dynamodb.UpdateItem": [{}]}, environ=ENVIRON),
    Scenario("room later", JOB, {"job": "j1", "size": 2}, {"dynamodb.UpdateItem": [FULL, FULL, {}]}, environ=ENVIRON),
    Scenario("no room", JOB, {"job": "j1", "skipped": True}, {"dynamodb.UpdateItem": [FULL]}, environ=ENVIRON),
    Scenario(
        "no table",
        JOB,
        Failure("ResourceNotFoundException"),
        {"dynamodb.UpdateItem": [AwsError("ResourceNotFoundException", "no such table")]},
        environ=ENVIRON,
    ),
    Scenario(
        "the job fails, and the lock is given back",
        {"job": {"id": "j1"}},
        Failure("KeyError"),
        {"dynamodb.UpdateItem": [{}]},
        environ=ENVIRON,
    ),
]
