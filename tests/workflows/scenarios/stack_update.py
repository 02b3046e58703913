from tests.workflows.scenario import AwsError, Failure, Scenario, Stream

INPUT = {"name": "web", "bucket": "templates", "config_key": "web.json"}
CONFIG = {"s3.GetObject": [{"Body": Stream('{"template": "web.yaml", "parameters": {"Size": "2", "Env": "prod"}}')}]}
PLAIN = {"s3.GetObject": [{"Body": Stream('{"template": "web.yaml"}')}]}
ABSENT = AwsError("ValidationError", "Stack with id web does not exist")


def stack(status, **more):
    return {"Stacks": [{"StackName": "web", "CreationTime": "2030-01-01T00:00:00Z", "StackStatus": status, **more}]}


def event(status, **more):
    known = {"StackId": "s", "EventId": "e", "StackName": "web", "Timestamp": "2030-01-01T00:00:00Z"}
    return {**known, "LogicalResourceId": "Bucket", "ResourceStatus": status, **more}


CREATED = {"cloudformation.CreateStack": [{"StackId": "s"}]}
OUTPUTS = [{"OutputKey": "Url", "OutputValue": "https://web"}]

SCENARIOS = [
    Scenario(
        "created",
        INPUT,
        {"stack": "web", "changed": True, "outputs": {"Url": "https://web"}},
        CONFIG
        | CREATED
        | {
            "cloudformation.DescribeStacks": [
                ABSENT,
                stack("CREATE_IN_PROGRESS"),
                stack("CREATE_COMPLETE"),
                stack("CREATE_COMPLETE", Outputs=OUTPUTS),
            ]
        },
    ),
    Scenario(
        "updated",
        INPUT,
        {"stack": "web", "changed": True, "outputs": {}},
        PLAIN
        | {
            "cloudformation.UpdateStack": [{"StackId": "s"}],
            "cloudformation.DescribeStacks": [stack("CREATE_COMPLETE"), stack("UPDATE_COMPLETE")],
        },
    ),
    Scenario(
        "nothing to do",
        INPUT,
        {"stack": "web", "changed": False},
        CONFIG
        | {
            "cloudformation.UpdateStack": [AwsError("ValidationError", "No updates are to be performed.")],
            "cloudformation.DescribeStacks": [stack("CREATE_COMPLETE")],
        },
    ),
    Scenario(
        "rolled back",
        INPUT,
        Failure("StackFailed", "ROLLBACK_COMPLETE: Bucket: name is taken; Bucket: ?"),
        CONFIG
        | CREATED
        | {
            "cloudformation.DescribeStacks": [ABSENT, stack("ROLLBACK_COMPLETE")],
            "cloudformation.DescribeStackEvents": [
                {
                    "StackEvents": [
                        event("CREATE_IN_PROGRESS"),
                        event("CREATE_FAILED", ResourceStatusReason="name is taken"),
                    ],
                    "NextToken": "n",
                },
                {"StackEvents": [event("CREATE_FAILED")]},
            ],
        },
    ),
    Scenario(
        "no reason",
        INPUT,
        Failure("StackFailed", "ROLLBACK_FAILED: no reason given"),
        CONFIG
        | CREATED
        | {
            "cloudformation.DescribeStacks": [ABSENT, stack("ROLLBACK_FAILED")],
            "cloudformation.DescribeStackEvents": [{"StackEvents": []}],
        },
    ),
    Scenario(
        "too slow",
        INPUT | {"patience": 1},
        Failure("TimeoutError", "web is still CREATE_IN_PROGRESS"),
        CONFIG | CREATED | {"cloudformation.DescribeStacks": [ABSENT, stack("CREATE_IN_PROGRESS")]},
    ),
    Scenario("no configuration", INPUT, Failure("NoSuchKey"), {"s3.GetObject": [AwsError("NoSuchKey", "no key", 404)]}),
    Scenario("broken configuration", INPUT, Failure("JSONDecodeError"), {"s3.GetObject": [{"Body": Stream("{")}]}),
]
