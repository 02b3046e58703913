from datetime import UTC, datetime

from tests.workflows.scenario import AwsError, Scenario

NOW = {"now": "2030-03-01T00:00:00+00:00"}
ENVIRON = {"REPORT_TOPIC": "arn:aws:sns:us-east-1:123456789012:reports"}


def snapshot(name, volume, month, day, size=8, **tags):
    found = {
        "SnapshotId": name,
        "VolumeId": volume,
        "VolumeSize": size,
        "StartTime": datetime(2030, month, day, tzinfo=UTC),
    }
    return found | ({"Tags": [{"Key": k.replace("_", "-"), "Value": v} for k, v in tags.items()]} if tags else {})


PAGES = [
    {
        "Snapshots": [snapshot("s1", "v1", 1, 1), snapshot("s2", "v1", 2, 27), snapshot("s3", "v2", 1, 2)],
        "NextToken": "more",
    },
    {
        "Snapshots": [
            snapshot("s4", "v1", 1, 15, 20, retention_days="60"),
            snapshot("s5", "v2", 2, 1, 4),
            snapshot("s6", "v1", 1, 20, 4, retention_days="no", Name="x"),
        ]
    },
]

SCENARIOS = [
    Scenario(
        "some are old, one is in use",
        NOW,
        {"deleted": 2, "in_use": 1, "freed": 12},
        {
            "ec2.DescribeSnapshots": PAGES,
            "ec2.DeleteSnapshot": [
                {},
                AwsError("InvalidSnapshot.InUse", "The snapshot s3 is currently in use by ami-1"),
                {},
            ],
            "sns.Publish": [{"MessageId": "m"}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "none are old enough",
        NOW | {"keep_latest": 3},
        {"deleted": 1, "in_use": 0, "freed": 8},
        {"ec2.DescribeSnapshots": PAGES, "ec2.DeleteSnapshot": [{}], "sns.Publish": [{"MessageId": "m"}]},
        environ=ENVIRON | {"RETENTION_DAYS": "40"},
    ),
    Scenario(
        "nothing there",
        NOW,
        {"deleted": 0, "in_use": 0, "freed": 0},
        {"ec2.DescribeSnapshots": [{"Snapshots": []}]},
        environ=ENVIRON,
    ),
]
