from tests.workflows.scenario import AwsError, Scenario, Stream

INPUT = {"service": "rates", "payload": {"from": "EUR", "to": "USD"}, "at": "2030-01-02T04:00:00+01:00"}
NEW = {"dynamodb.GetItem": [{}]}


def item(**parts):
    return {"dynamodb.GetItem": [{"Item": {"service": {"S": "rates"}, **parts}}]}


def answered(text, **more):
    return {"lambda.Invoke": [{"StatusCode": 200, "Payload": Stream(text), **more}]}


SCENARIOS = [
    Scenario("fine", INPUT, {"status": "ok", "answer": {"rate": 1.1}}, NEW | answered('{"rate": 1.1}')),
    Scenario(
        "fine after failures",
        INPUT,
        {"status": "ok", "answer": {"rate": 1.1}},
        item(failures={"N": "2"}) | answered('{"rate": 1.1}') | {"dynamodb.DeleteItem": [{}]},
    ),
    Scenario(
        "open",
        INPUT,
        {
            "status": "open",
            "until": "2030-01-02T03:01:00+00:00",
            "reason": "rates is not called before 2030-01-02T03:01:00+00:00",
        },
        item(failures={"N": "0"}, openUntil={"S": "2030-01-02T03:01:00+00:00"}),
    ),
    Scenario(
        "half open, and the function fails",
        INPUT,
        {"status": "failed", "reason": "no rates", "opened": False},
        item(failures={"N": "0"}, openUntil={"S": "2030-01-02T02:59:00+00:00"})
        | answered('{"errorType": "E", "errorMessage": "no rates"}', FunctionError="Unhandled")
        | {"dynamodb.UpdateItem": [{}]},
    ),
    Scenario(
        "the third failure opens it",
        INPUT,
        {"status": "failed", "reason": "Rate Exceeded.", "opened": True},
        item(failures={"N": "2"})
        | {
            "lambda.Invoke": [AwsError("TooManyRequestsException", "Rate Exceeded.", 429)],
            "dynamodb.UpdateItem": [{}],
        },
    ),
]
