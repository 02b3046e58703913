"""Takes an instance out of service after an incident and keeps its disk for the investigation."""

import time

import boto3

from pysfnc import parallel, workflow

ec2 = boto3.client("ec2")
autoscaling = boto3.client("autoscaling")


def copy_of_disk(volume: str, zone: str) -> str:
    """The id of a new volume with the content of another one."""
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    while ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] != "completed":
        time.sleep(15)
    made = ec2.create_volume(AvailabilityZone=zone, SnapshotId=snapshot)["VolumeId"]
    while ec2.describe_volumes(VolumeIds=[made])["Volumes"][0]["State"] != "available":
        time.sleep(15)
    return made


@workflow
def isolate(instance_id: str, quarantine_group: str) -> dict:
    instance = ec2.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    ec2.modify_instance_attribute(InstanceId=instance_id, DisableApiTermination={"Value": True})

    groups = autoscaling.describe_auto_scaling_instances(InstanceIds=[instance_id])["AutoScalingInstances"]
    if groups:
        autoscaling.detach_instances(
            InstanceIds=[instance_id],
            AutoScalingGroupName=groups[0]["AutoScalingGroupName"],
            ShouldDecrementDesiredCapacity=False,
        )

    zone = instance["Placement"]["AvailabilityZone"]
    disk = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    forensic, volume = parallel(
        lambda: ec2.run_instances(
            ImageId=instance["ImageId"],
            InstanceType=instance["InstanceType"],
            SubnetId=instance["SubnetId"],
            MinCount=1,
            MaxCount=1,
        )["Instances"][0]["InstanceId"],
        lambda: copy_of_disk(disk, zone),
    )
    ec2.attach_volume(Device="/dev/sdf", InstanceId=forensic, VolumeId=volume)
    ec2.modify_instance_attribute(InstanceId=instance_id, Groups=[quarantine_group])
    ec2.create_tags(Resources=[instance_id], Tags=[{"Key": "Environment", "Value": "Quarantine"}])
    return {"forensic": forensic, "volume": volume, "detached": len(groups) > 0}
