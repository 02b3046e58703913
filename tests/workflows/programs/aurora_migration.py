"""Moves a database instance into a cluster through a snapshot, and upgrades it if that is wanted."""

import boto3

from pysfnc import workflow

rds = boto3.client("rds")


@workflow(timeout=86400)
def migrate_database(instance: str, instance_class: str, upgrade_to: str | None = None) -> dict:
    source = rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"][0]
    snapshot = f"{instance}-final-snapshot"
    rds.create_db_snapshot(DBInstanceIdentifier=instance, DBSnapshotIdentifier=snapshot)
    rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier=snapshot)

    cluster = f"{instance}-apg-cluster"
    rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=cluster,
        SnapshotIdentifier=snapshot,
        Engine="aurora-postgresql",
        EngineVersion=source["EngineVersion"],
    )
    rds.get_waiter("db_cluster_available").wait(
        DBClusterIdentifier=cluster, WaiterConfig={"Delay": 60, "MaxAttempts": 30}
    )
    member = f"{instance}-apg-instance-1"
    rds.create_db_instance(
        DBInstanceIdentifier=member,
        DBInstanceClass=instance_class,
        DBClusterIdentifier=cluster,
        Engine="aurora-postgresql",
    )
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=member)
    version = source["EngineVersion"]
    if upgrade_to is not None:
        changed = rds.modify_db_cluster(
            DBClusterIdentifier=cluster,
            EngineVersion=upgrade_to,
            AllowMajorVersionUpgrade=True,
            ApplyImmediately=True,
        )
        version = changed["DBCluster"].get("EngineVersion", upgrade_to)
    return {"cluster": cluster, "instance": member, "version": version}
