from tests.workflows.scenario import Scenario

INSTANCE = {
    "Reservations": [
        {
            "Instances": [
                {
                    "InstanceId": "i-1",
                    "ImageId": "ami-1",
                    "InstanceType": "t3.micro",
                    "SubnetId": "subnet-1",
                    "Placement": {"AvailabilityZone": "eu-west-1a"},
                    "BlockDeviceMappings": [{"DeviceName": "/dev/sda1", "Ebs": {"VolumeId": "vol-1"}}],
                }
            ]
        }
    ]
}
ANSWERS = {
    "ec2.DescribeInstances": [INSTANCE],
    "ec2.ModifyInstanceAttribute": [{}],
    "ec2.RunInstances": [{"Instances": [{"InstanceId": "i-2"}]}],
    "ec2.CreateSnapshot": [{"SnapshotId": "snap-1"}],
    "ec2.DescribeSnapshots": [
        {"Snapshots": [{"SnapshotId": "snap-1", "State": "pending"}]},
        {"Snapshots": [{"SnapshotId": "snap-1", "State": "completed"}]},
    ],
    "ec2.CreateVolume": [{"VolumeId": "vol-2"}],
    "ec2.DescribeVolumes": [
        {"Volumes": [{"VolumeId": "vol-2", "State": "creating"}]},
        {"Volumes": [{"VolumeId": "vol-2", "State": "available"}]},
    ],
    "ec2.AttachVolume": [{"State": "attaching"}],
    "ec2.CreateTags": [{}],
}
INPUT = {"instance_id": "i-1", "quarantine_group": "sg-9"}

SCENARIOS = [
    Scenario(
        "alone",
        INPUT,
        {"forensic": "i-2", "volume": "vol-2", "detached": False},
        {**ANSWERS, "autoscaling.DescribeAutoScalingInstances": [{"AutoScalingInstances": []}]},
    ),
    Scenario(
        "in a group",
        INPUT,
        {"forensic": "i-2", "volume": "vol-2", "detached": True},
        {
            **ANSWERS,
            "autoscaling.DescribeAutoScalingInstances": [
                {
                    "AutoScalingInstances": [
                        {
                            "InstanceId": "i-1",
                            "AutoScalingGroupName": "web",
                            "AvailabilityZone": "eu-west-1a",
                            "LifecycleState": "InService",
                            "HealthStatus": "HEALTHY",
                            "ProtectedFromScaleIn": False,
                        }
                    ]
                }
            ],
            "autoscaling.DetachInstances": [{"Activities": []}],
        },
    ),
]
