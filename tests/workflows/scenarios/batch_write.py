from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"TABLE": "things"}
DONE = {"UnprocessedItems": {}}
BUSY = {"UnprocessedItems": {"things": [{"PutRequest": {"Item": {"id": {"S": "x-0"}, "price": {"N": "0"}}}}]}}

SCENARIOS = [
    Scenario(
        "all taken", {"source": "x"}, {"items": 30, "batches": 2}, {"dynamodb.BatchWriteItem": [DONE]}, environ=ENVIRON
    ),
    Scenario(
        "once again",
        {"source": "x"},
        {"items": 30, "batches": 4},
        {"dynamodb.BatchWriteItem": [BUSY, BUSY, DONE]},
        environ=ENVIRON,
    ),
    Scenario(
        "given up",
        {"source": "x"},
        Failure("TableTooBusy", "1 items were not written"),
        {"dynamodb.BatchWriteItem": [BUSY]},
        environ=ENVIRON,
    ),
]
