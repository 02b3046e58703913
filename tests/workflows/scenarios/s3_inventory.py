from datetime import UTC, datetime
from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

ENVIRON = {"BUCKET": "files"}


def listed(**sizes: int) -> dict[str, Any]:
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    found = [
        {"Key": key, "Size": size, "LastModified": moment, "ETag": '"e"', "StorageClass": "STANDARD"}
        for key, size in sizes.items()
    ]
    return {"Contents": found, "KeyCount": len(found), "IsTruncated": False}


def tag(params: dict[str, Any]) -> Answer:
    return AwsError("AccessDenied", "Access Denied", 403) if params["Key"].startswith("x") else {}


SCENARIOS = [
    Scenario(
        "some are large",
        {"prefix": "p/", "limit": 100},
        {"objects": 3, "tagged": 2},
        {"s3.ListObjectsV2": [listed(a=100, b=99, c=500)], "s3.PutObjectTagging": [tag]},
        environ=ENVIRON,
    ),
    Scenario(
        "one in ten may fail",
        {"prefix": "p/", "limit": 100},
        {"objects": 10, "tagged": 9},
        {
            "s3.ListObjectsV2": [listed(x=100, **{f"k{n}": 100 for n in range(9)})],
            "s3.PutObjectTagging": [tag],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "one in three may not",
        {"prefix": "p/", "limit": 100},
        Failure("States.ExceedToleratedFailureThreshold"),
        {"s3.ListObjectsV2": [listed(x=100, a=1, b=1)], "s3.PutObjectTagging": [tag]},
        environ=ENVIRON,
    ),
]
