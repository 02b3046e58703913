from tests.workflows.scenario import AwsError, Failure, Scenario, Stream

ENVIRON = {"BUCKET": "storms"}
ROWS = "STATE,DAMAGE\nTEXAS,1K\nOHIO,2M\nTEXAS,\nTEXAS,25\n"

SCENARIOS = [
    Scenario(
        "one file",
        {"key": "2020.csv", "state": "TEXAS"},
        {"state": "TEXAS", "rows": 3, "damage": 1025},
        {"s3.GetObject": [{"Body": Stream(ROWS), "ContentLength": len(ROWS)}]},
        environ=ENVIRON,
    ),
    Scenario(
        "a head without rows",
        {"key": "2020.csv", "state": "TEXAS"},
        {"state": "TEXAS", "rows": 0, "damage": 0},
        {"s3.GetObject": [{"Body": Stream("STATE,DAMAGE\n"), "ContentLength": 13}]},
        environ=ENVIRON,
    ),
    Scenario(
        "no file",
        {"key": "2020.csv", "state": "TEXAS"},
        Failure("States.ItemReaderFailed"),
        {"s3.GetObject": [AwsError("NoSuchKey", "The specified key does not exist.", 404)]},
        environ=ENVIRON,
    ),
]
