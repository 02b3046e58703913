from datetime import UTC, datetime

from tests.workflows.scenario import AwsError, Failure, Scenario

NOW = "2029-06-01T00:00:00+00:00"


def image(image_id: str, name: str, created: str, *snapshots: str) -> dict:
    disks = [{"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot}} for snapshot in snapshots]
    return {
        "ImageId": image_id,
        "Name": name,
        "CreationDate": f"{created}T00:00:00.000Z",
        "BlockDeviceMappings": [*disks, {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}],
    }


FOUND = [
    image("ami-1", "web-1", "2029-01-01", "snap-1", "snap-2"),
    image("ami-2", "web-2", "2029-02-01", "snap-3"),
    image("ami-3", "web-3", "2029-03-01"),
    image("ami-4", "db-1", "2029-05-20"),
]
LAUNCHED = {
    "LaunchConfigurationName": "l",
    "ImageId": "ami-9",
    "InstanceType": "t3.micro",
    "CreatedTime": datetime(2029, 1, 1, tzinfo=UTC),
}
ANSWERS = {
    "ec2.DescribeImages": [{"Images": FOUND}],
    "ec2.DescribeInstances": [{"Reservations": [{"Instances": [{"ImageId": "ami-2"}]}]}],
    "autoscaling.DescribeLaunchConfigurations": [{"LaunchConfigurations": [LAUNCHED]}],
    "ec2.DeregisterImage": [{}],
    "ec2.DeleteSnapshot": [{}],
}
BUSY = AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)

SCENARIOS = [
    Scenario(
        "old ones go",
        {"days": 30, "keep": 1, "now": NOW},
        {"images": 4, "snapshots": 2, "outcomes": {"ami-2": "in-use", "ami-1": "deregistered"}},
        ANSWERS,
    ),
    Scenario("nothing is old", {"days": 365, "now": NOW}, {"images": 4, "snapshots": 0, "outcomes": {}}, ANSWERS),
    Scenario(
        "somebody was faster",
        {"days": 30, "keep": 0, "now": NOW},
        {
            "images": 4,
            "snapshots": 1,
            "outcomes": {"ami-3": "gone", "ami-2": "in-use", "ami-1": "gone"},
        },
        ANSWERS
        | {
            "ec2.DeregisterImage": [
                AwsError("InvalidAMIID.NotFound", "The image id '[ami-3]' does not exist"),
                AwsError("InvalidAMIID.Unavailable", "The image ID: 'ami-1' is no longer available"),
            ],
            "ec2.DeleteSnapshot": [{}, AwsError("InvalidSnapshot.NotFound", "The snapshot 'snap-2' does not exist.")],
        },
    ),
    Scenario(
        "too many calls, for a while",
        {"days": 30, "keep": 2, "now": NOW},
        {"images": 4, "snapshots": 2, "outcomes": {"ami-1": "deregistered"}},
        ANSWERS | {"ec2.DeleteSnapshot": [BUSY, BUSY, {}, BUSY, {}]},
    ),
    Scenario(
        "no images",
        {"days": 1},
        {"images": 0, "snapshots": 0, "outcomes": {}},
        ANSWERS | {"ec2.DescribeImages": [{"Images": []}]},
    ),
    Scenario("no moment", {"days": 1, "now": "soon"}, Failure("ValueError", "Invalid isoformat string: 'soon'")),
]
