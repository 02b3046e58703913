from tests.workflows.scenario import AwsError, Failure, Scenario

INPUT = {"function": "shop", "alarms": ["errors", "latency"], "steps": [10, 50]}
START = {
    "lambda.GetAlias": [{"FunctionVersion": "4"}],
    "lambda.PublishVersion": [{"Version": "5"}],
    "lambda.UpdateAlias": [{}],
    "lambda.DeleteProvisionedConcurrencyConfig": [{}],
    "events.PutEvents": [{"FailedEntryCount": 0, "Entries": [{"EventId": "e"}]}],
}
QUIET = {"MetricAlarms": []}

SCENARIOS = [
    Scenario("released", INPUT, {"version": "5", "released": True}, START | {"cloudwatch.DescribeAlarms": [QUIET]}),
    Scenario(
        "an alarm at the second step",
        INPUT,
        {"version": "4", "released": False, "reason": "errors, latency"},
        START
        | {
            "cloudwatch.DescribeAlarms": [
                QUIET,
                {"MetricAlarms": [{"AlarmName": "errors"}, {"AlarmName": "latency"}]},
            ]
        },
    ),
    Scenario("no steps", INPUT | {"steps": []}, {"version": "5", "released": True}, START),
    Scenario(
        "nothing new",
        INPUT,
        {"version": "4", "released": False, "reason": "nothing new"},
        START | {"lambda.PublishVersion": [{"Version": "4"}]},
    ),
    Scenario(
        "throttled in between",
        INPUT,
        Failure("TooManyRequestsException", None),
        START
        | {
            "lambda.UpdateAlias": [{}, AwsError("TooManyRequestsException", "slow", 429)],
            "cloudwatch.DescribeAlarms": [QUIET],
        },
    ),
    Scenario(
        "no alias",
        INPUT,
        Failure("ResourceNotFoundException"),
        {"lambda.GetAlias": [AwsError("ResourceNotFoundException", "no alias", 404)]},
    ),
]
