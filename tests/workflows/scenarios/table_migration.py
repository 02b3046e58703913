from tests.workflows.scenario import Scenario

ENVIRON = {"TABLE": "things"}
BACKUP = {"BackupDetails": {"BackupArn": "arn:backup", "BackupName": "pre-migration-backup"}}


def item(name: str) -> dict:
    return {"id": {"S": name}, "on": {"BOOL": True}, "tags": {"SS": ["a", "b"]}, "gone": {"NULL": True}}


SCENARIOS = [
    Scenario(
        "empty",
        {},
        {"backup": "arn:backup", "migrated": 0},
        {"dynamodb.CreateBackup": [BACKUP], "dynamodb.Scan": [{"Items": [], "Count": 0}]},
        environ=ENVIRON,
    ),
    Scenario(
        "two pages",
        {"page_size": 2},
        {"backup": "arn:backup", "migrated": 3},
        {
            "dynamodb.CreateBackup": [BACKUP],
            "dynamodb.Scan": [
                {"Items": [item("a"), item("b")], "LastEvaluatedKey": {"id": {"S": "b"}}},
                {"Items": [item("c")]},
            ],
            "dynamodb.PutItem": [{}],
        },
        environ=ENVIRON,
    ),
]
