from datetime import UTC, datetime

from tests.workflows.scenario import AwsError, Failure, Scenario

GIVEN = {"name": "site", "bucket": "pages"}
NONE = AwsError("ValidationError", "Stack with id site does not exist")
AT = datetime(2029, 1, 1, tzinfo=UTC)


def stack(status: str, **more) -> dict:
    return {"Stacks": [{"StackName": "site", "StackStatus": status, "CreationTime": AT, **more}]}


def event(status: str, **more) -> dict:
    return {
        "StackId": "s",
        "EventId": "e",
        "StackName": "site",
        "Timestamp": AT,
        "LogicalResourceId": "Bucket",
        "ResourceStatus": status,
        **more,
    }


MADE = {
    "cloudformation.CreateChangeSet": [{"Id": "c", "StackId": "s"}],
    "cloudformation.DescribeChangeSet": [{"Status": "CREATE_PENDING"}, {"Status": "CREATE_COMPLETE"}],
    "cloudformation.ExecuteChangeSet": [{}],
    "cloudformation.DeleteChangeSet": [{}],
}
OUTPUTS = [{"OutputKey": "Url", "OutputValue": "https://x"}]


def refused(reason: str) -> dict:
    return MADE | {"cloudformation.DescribeChangeSet": [{"Status": "FAILED", "StatusReason": reason}]}


SCENARIOS = [
    Scenario(
        "a new stack",
        GIVEN,
        {"changed": True, "outputs": {"Url": "https://x"}},
        MADE
        | {
            "cloudformation.DescribeStacks": [
                NONE,
                stack("CREATE_IN_PROGRESS"),
                stack("CREATE_COMPLETE"),
                stack("CREATE_COMPLETE", Outputs=OUTPUTS),
            ]
        },
    ),
    Scenario(
        "a stack that is there",
        GIVEN | {"versioned": True, "parameters": {"Stage": "prod"}},
        {"changed": True, "outputs": {}},
        MADE | {"cloudformation.DescribeStacks": [stack("UPDATE_COMPLETE")]},
    ),
    Scenario(
        "one that never came to be",
        GIVEN,
        {"changed": True, "outputs": {}},
        MADE
        | {
            "cloudformation.DescribeStacks": [
                stack("ROLLBACK_COMPLETE"),
                stack("DELETE_IN_PROGRESS"),
                NONE,
                stack("CREATE_COMPLETE"),
            ],
            "cloudformation.DeleteStack": [{}],
        },
    ),
    Scenario(
        "nothing to change",
        GIVEN,
        {"changed": False, "outputs": {}},
        refused("The submitted information didn't contain changes.")
        | {"cloudformation.DescribeStacks": [stack("CREATE_COMPLETE")]},
    ),
    Scenario(
        "a template that is wrong",
        GIVEN,
        Failure("StackFailed", "site is CHANGE_SET: no such type"),
        refused("no such type") | {"cloudformation.DescribeStacks": [NONE]},
    ),
    Scenario(
        "it is rolled back",
        GIVEN,
        Failure("StackFailed", "site is ROLLBACK_COMPLETE: Bucket: the name is taken"),
        MADE
        | {
            "cloudformation.DescribeStacks": [NONE, stack("ROLLBACK_COMPLETE")],
            "cloudformation.DescribeStackEvents": [
                {"StackEvents": [event("ROLLBACK_COMPLETE")], "NextToken": "t"},
                {
                    "StackEvents": [
                        event("CREATE_FAILED", ResourceStatusReason="the name is taken"),
                        event("CREATE_FAILED"),
                    ]
                },
            ],
        },
    ),
]
