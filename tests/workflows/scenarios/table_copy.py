from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

KEYS = [{"AttributeName": "id", "KeyType": "HASH"}]
TABLE: dict[str, Any] = {
    "TableStatus": "ACTIVE",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": KEYS,
}
INDEX = {"IndexName": "by_x", "KeySchema": KEYS, "Projection": {"ProjectionType": "ALL"}, "IndexStatus": "ACTIVE"}


def exported(status: str, **more: Any) -> dict[str, Any]:
    return {
        "ExportDescription": {
            "ExportArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders/export/1",
            "ExportStatus": status,
            **more,
        }
    }


def imported(status: str, **more: Any) -> dict[str, Any]:
    return {
        "ImportTableDescription": {
            "ImportArn": "arn:aws:dynamodb:us-east-1:123456789012:table/copy/import/1",
            "ImportStatus": status,
            **more,
        }
    }


def scenario(label: str, expected: Any, input: dict[str, Any] | None = None, **answers: list[Answer]) -> Scenario:
    known: dict[str, list[Answer]] = {
        "ExportTableToPointInTime": [exported("IN_PROGRESS")],
        "DescribeExport": [
            exported("IN_PROGRESS"),
            exported("COMPLETED", ExportManifest="p/AWSDynamoDB/1/manifest-summary.json", ItemCount=5),
        ],
        "DescribeTable": [{"Table": TABLE}],
        "ImportTable": [imported("IN_PROGRESS")],
        "DescribeImport": [imported("COMPLETED", ImportedItemCount=4, ErrorCount=1)],
    }
    return Scenario(
        label,
        {"arn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders", "target": "copy"} | (input or {}),
        expected,
        {f"dynamodb.{name}": given for name, given in (known | answers).items()},
    )


RESULT = {"items": 5, "imported": 4, "errors": 1, "prefix": "p/AWSDynamoDB/1/data/"}
LATE = Failure("TimeoutError", "Export is not done after 30 minutes")
SCENARIOS = [
    scenario("as it is", RESULT),
    scenario("as it was", RESULT, {"hours_back": 3}),
    scenario("with an index", RESULT, DescribeTable=[{"Table": TABLE | {"GlobalSecondaryIndexes": [INDEX]}}]),
    scenario(
        "no export",
        Failure("ExportFailed", "Export FAILED: no space"),
        DescribeExport=[exported("FAILED", FailureMessage="no space")],
    ),
    scenario("no import", Failure("ExportFailed", "Import CANCELLED"), DescribeImport=[imported("CANCELLED")]),
    scenario("too late", LATE, DescribeExport=[exported("IN_PROGRESS")]),
    scenario(
        "no recovery",
        Failure("PointInTimeRecoveryUnavailableException"),
        ExportTableToPointInTime=[AwsError("PointInTimeRecoveryUnavailableException", "switched off")],
    ),
]
