from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"DLQ_URL": "https://sqs/dead", "PARKED_URL": "https://sqs/parked"}
SOURCES = {"sqs.ListDeadLetterSourceQueues": [{"queueUrls": ["https://sqs/1/orders"]}]}


def waiting(count: int) -> dict:
    return {"sqs.GetQueueAttributes": [{"Attributes": {"ApproximateNumberOfMessages": str(count)}}]}


def message(number: int, redrives: int | None = None) -> dict:
    attributes = {"source": {"StringValue": "shop", "DataType": "String"}}
    if redrives is not None:
        attributes["redrives"] = {"StringValue": str(redrives), "DataType": "Number"}
    found = {"MessageId": f"m{number}", "ReceiptHandle": f"r{number}", "Body": f'{{"n": {number}}}'}
    return found if redrives == 0 else found | {"MessageAttributes": attributes}


SCENARIOS = [
    Scenario(
        "moved and parked",
        {},
        {"moved": 2, "parked": 1, "left": 0, "target": "orders"},
        SOURCES
        | waiting(3)
        | {
            "sqs.ReceiveMessage": [{"Messages": [message(1), message(2, 3)]}, {}, {"Messages": [message(3, 0)]}],
            "sqs.SendMessage": [{"MessageId": "n"}],
            "sqs.DeleteMessageBatch": [{"Successful": [], "Failed": []}, {}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "nobody answers",
        {"limit": 5},
        {"moved": 0, "parked": 0, "left": 8, "target": "orders"},
        SOURCES | waiting(8) | {"sqs.ReceiveMessage": [{"Messages": []}, {}]},
        environ=ENVIRON,
    ),
    Scenario(
        "not deleted",
        {"limit": 1},
        Failure("RuntimeError", "could not delete m1, m2: unknown"),
        SOURCES
        | waiting(2)
        | {
            "sqs.ReceiveMessage": [{"Messages": [message(1), message(2, 1)]}],
            "sqs.SendMessage": [{"MessageId": "n"}],
            "sqs.DeleteMessageBatch": [
                {"Failed": [{"Id": f"m{n}", "SenderFault": False, "Code": "X"} for n in (1, 2)]}
            ],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "empty",
        {},
        {"moved": 0, "parked": 0, "left": 0, "target": "orders"},
        SOURCES | waiting(0),
        environ=ENVIRON,
    ),
    Scenario(
        "two queues",
        {},
        Failure("LookupError", "2 queues use https://sqs/dead"),
        {"sqs.ListDeadLetterSourceQueues": [{"queueUrls": ["a", "b"]}]},
        environ=ENVIRON,
    ),
]
