from tests.workflows.scenario import AwsError, Failure, Scenario

INPUT = {"instance": "db", "instance_class": "db.r5.large"}
SOURCE = {"DBInstances": [{"DBInstanceIdentifier": "db", "EngineVersion": "11.9", "DBInstanceStatus": "available"}]}


def snapshot(status: str) -> dict:
    return {"DBSnapshots": [{"DBSnapshotIdentifier": "db-final-snapshot", "Status": status}]}


def cluster(status: str) -> dict:
    return {"DBClusters": [{"DBClusterIdentifier": "db-apg-cluster", "Status": status}]}


def member(status: str) -> dict:
    return {"DBInstances": [{"DBInstanceIdentifier": "db-apg-instance-1", "DBInstanceStatus": status}]}


ANSWERS = {
    "rds.DescribeDBInstances": [SOURCE, member("creating"), member("available")],
    "rds.CreateDBSnapshot": [{"DBSnapshot": {"DBSnapshotIdentifier": "db-final-snapshot"}}],
    "rds.DescribeDBSnapshots": [snapshot("creating"), snapshot("available")],
    "rds.RestoreDBClusterFromSnapshot": [{"DBCluster": {"DBClusterIdentifier": "db-apg-cluster"}}],
    "rds.DescribeDBClusters": [cluster("creating"), cluster("available")],
    "rds.CreateDBInstance": [{"DBInstance": {"DBInstanceIdentifier": "db-apg-instance-1"}}],
    "rds.ModifyDBCluster": [{"DBCluster": {"DBClusterIdentifier": "db-apg-cluster", "EngineVersion": "12.4"}}],
}
RESULT = {"cluster": "db-apg-cluster", "instance": "db-apg-instance-1", "version": "11.9"}

SCENARIOS = [
    Scenario("moved", INPUT, RESULT, ANSWERS),
    Scenario("upgraded", {**INPUT, "upgrade_to": "12.4"}, {**RESULT, "version": "12.4"}, ANSWERS),
    Scenario(
        "unknown",
        INPUT,
        Failure("DBInstanceNotFoundFault"),
        {"rds.DescribeDBInstances": [AwsError("DBInstanceNotFound", "DBInstance db not found.", 404)]},
    ),
    Scenario(
        "the snapshot fails",
        INPUT,
        Failure("WaiterError"),
        {**ANSWERS, "rds.DescribeDBSnapshots": [snapshot("creating"), snapshot("failed")]},
    ),
]
