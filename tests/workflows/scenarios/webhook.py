from tests.workflows.scenario import SERVER, Reply, Scenario

ENVIRON = {
    "CONNECTION_ARN": "arn:aws:events:us-east-1:123456789012:connection/hooks/1",
    "UNDELIVERED_QUEUE": "https://sqs.us-east-1.amazonaws.com/123456789012/undelivered",
}
INPUT = {"url": f"{SERVER}/hook", "event": {"type": "paid", "order": 7}}
QUEUE = {"sqs.SendMessage": [{"MessageId": "m", "MD5OfMessageBody": "0"}]}

SCENARIOS = [
    Scenario(
        "delivered",
        INPUT,
        {"delivered": True, "status": 200, "receipt": "r-1"},
        {"http": [Reply({"id": "r-1"})]},
        environ=ENVIRON,
    ),
    Scenario(
        "at the third try",
        INPUT,
        {"delivered": True, "status": 202, "receipt": None},
        {"http": [Reply({}, 503), Reply({}, 429), Reply({}, 202)]},
        environ=ENVIRON,
    ),
    Scenario(
        "gone",
        INPUT,
        {"delivered": False, "status": 410},
        {"http": [Reply({"error": "gone"}, 410)], **QUEUE},
        environ=ENVIRON,
    ),
    Scenario(
        "always busy",
        INPUT,
        {"delivered": False, "status": 503},
        {"http": [Reply({}, 503)], **QUEUE},
        environ=ENVIRON,
    ),
]
