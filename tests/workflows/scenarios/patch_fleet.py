from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"TOPIC": "arn:aws:sns:us-east-1:123456789012:ops"}
EARLY = AwsError("InvocationDoesNotExist", "not yet")
SENT = [
    {"Command": {"CommandId": "11111111-1111-1111-1111-111111111111"}},
    {"Command": {"CommandId": "22222222-2222-2222-2222-222222222222"}},
]


def page(*names, token=None):
    found = {"Reservations": [{"Instances": [{"InstanceId": name}]} for name in names]}
    return found | ({"NextToken": token} if token else {})


def ended(*statuses):
    return [{"Status": status} for status in statuses]


PAGES = [page("i-0000000a", "i-0000000b", token="t"), page("i-0000000c")]

SCENARIOS = [
    Scenario(
        "all of them, in two batches",
        {"group": "web"},
        {"group": "web", "instances": 3, "counts": {"Success": 2, "Failed": 1}},
        {
            "ec2.DescribeInstances": PAGES,
            "ssm.SendCommand": SENT,
            "ssm.GetCommandInvocation": [EARLY, *ended("InProgress", "Success", "Failed", "Success")],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "a batch that fails ends it",
        {"group": "web"},
        {"group": "web", "instances": 3, "counts": {"Failed": 1, "TimedOut": 1}},
        {
            "ec2.DescribeInstances": PAGES,
            "ssm.SendCommand": SENT,
            "ssm.GetCommandInvocation": ended("Failed", "TimedOut"),
            "sns.Publish": [{"MessageId": "m"}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "no instances",
        {"group": "web"},
        {"group": "web", "instances": 0},
        {"ec2.DescribeInstances": [page()]},
        environ=ENVIRON,
    ),
    Scenario(
        "an instance does not come back",
        {"group": "web", "reboot": True, "batch_size": 5},
        Failure("WaiterError"),
        {
            "ec2.DescribeInstances": [page("i-0000000a")],
            "ssm.SendCommand": SENT,
            "ssm.GetCommandInvocation": ended("Success"),
            "ec2.DescribeInstanceStatus": [
                {"InstanceStatuses": [{"InstanceId": "i-0000000a", "InstanceStatus": {"Status": "initializing"}}]}
            ],
            "sns.Publish": [{"MessageId": "m"}],
        },
        environ=ENVIRON,
    ),
]
