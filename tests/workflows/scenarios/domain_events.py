from tests.workflows.scenario import AwsError, Failure, Scenario

SENT = {
    "sqs.GetQueueUrl": [{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/1/orders"}],
    "sqs.SendMessage": [{"MessageId": "m"}],
    "sns.Publish": [{"MessageId": "n"}],
}


def event(kind, **detail):
    return {"detail-type": kind, "id": "1", "detail": detail}


ALL = [
    event("ping"),
    event("order.placed", n=1),
    event("stock.low", title="tea"),
    event("order.cancelled", note="ü"),
    event("weather"),
]

SCENARIOS = [
    Scenario(
        "by priority",
        {"events": ALL},
        {
            "results": {"001": ["warning"], "005": ["orders:cancel"], "010": ["orders:default"], "099": ["ignored"]},
            "top": [["ping", 1], ["order.placed", 1]],
            "total": 5,
        },
        SENT,
    ),
    Scenario("none", {"events": []}, {"results": {}, "top": [], "total": 0}),
    Scenario(
        "strict",
        {"events": [event("weather")], "strict": True},
        Failure("Unroutable", "no handler for weather; known: order.cancelled, order.placed, ping, stock.low"),
    ),
    Scenario(
        "untitled",
        {"events": [event("stock.low")]},
        {"results": {"001": ["warning"]}, "top": [["stock.low", 1]], "total": 1},
        SENT,
    ),
    Scenario("no kind", {"events": [{"detail": {}}]}, Failure("KeyError", "'detail-type'")),
    Scenario("no detail", {"events": [{"detail-type": "ping"}]}, Failure("KeyError", "'detail'")),
    Scenario(
        "no queue",
        {"events": [event("order.placed")]},
        Failure("QueueDoesNotExist"),
        {"sqs.GetQueueUrl": [AwsError("QueueDoesNotExist", "The specified queue does not exist.")]},
    ),
]
