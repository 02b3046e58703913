from tests.workflows.scenario import AwsError, Failure, Scenario

V1, V2, V3 = "a" * 32, "b" * 32, "c" * 32
INPUT = {"secret_id": "db", "version": V2}
DESCRIBED = {"RotationEnabled": True, "VersionIdsToStages": {V1: ["AWSCURRENT"], V2: ["AWSPENDING"]}}
CURRENT = {"SecretString": '{"username": "app", "password": "old", "dbClusterIdentifier": "c1"}'}
PENDING = {"SecretString": '{"username": "app", "password": "new", "dbClusterIdentifier": "c1"}'}
NONE = AwsError("ResourceNotFoundException", "no value for stage")
READY = {"DBClusters": [{"DBClusterIdentifier": "c1", "Status": "available"}]}
BUSY = {"DBClusters": [{"DBClusterIdentifier": "c1", "Status": "resetting-master-credentials"}]}

SCENARIOS = [
    Scenario(
        "a new password",
        INPUT,
        {"secret": "db", "outcome": "rotated", "user": "app"},
        {
            "secretsmanager.DescribeSecret": [DESCRIBED],
            "secretsmanager.GetSecretValue": [CURRENT, NONE],
            "secretsmanager.GetRandomPassword": [{"RandomPassword": "rAnd0m"}],
            "secretsmanager.PutSecretValue": [{}],
            "rds.ModifyDBCluster": [{}],
            "rds.DescribeDBClusters": [BUSY, READY],
            "secretsmanager.UpdateSecretVersionStage": [{}],
        },
    ),
    Scenario(
        "tried before",
        INPUT,
        {"secret": "db", "outcome": "rotated", "user": "app"},
        {
            "secretsmanager.DescribeSecret": [DESCRIBED],
            "secretsmanager.GetSecretValue": [CURRENT, PENDING],
            "rds.ModifyDBCluster": [{}],
            "rds.DescribeDBClusters": [READY],
            "secretsmanager.UpdateSecretVersionStage": [{}],
        },
    ),
    Scenario(
        "the database refuses",
        INPUT,
        Failure("NotRotatable", "db: the database says InvalidDBClusterStateFault"),
        {
            "secretsmanager.DescribeSecret": [DESCRIBED],
            "secretsmanager.GetSecretValue": [CURRENT, PENDING],
            "rds.ModifyDBCluster": [AwsError("InvalidDBClusterStateFault", "stopped")],
            "secretsmanager.UpdateSecretVersionStage": [{}],
        },
    ),
    Scenario(
        "the database does not come back",
        INPUT,
        Failure("WaiterError"),
        {
            "secretsmanager.DescribeSecret": [DESCRIBED],
            "secretsmanager.GetSecretValue": [CURRENT, PENDING],
            "rds.ModifyDBCluster": [{}],
            "rds.DescribeDBClusters": [BUSY],
        },
    ),
    Scenario(
        "done before",
        INPUT | {"version": V1},
        {"secret": "db", "outcome": "already current"},
        {"secretsmanager.DescribeSecret": [DESCRIBED]},
    ),
    Scenario(
        "off",
        INPUT,
        Failure("NotRotatable", "db: rotation is not enabled"),
        {"secretsmanager.DescribeSecret": [{"VersionIdsToStages": {V2: []}}]},
    ),
    Scenario(
        "no such version",
        INPUT | {"version": V3},
        Failure("NotRotatable", "db: no version '" + V3 + "'"),
        {"secretsmanager.DescribeSecret": [DESCRIBED]},
    ),
    Scenario(
        "nothing is current",
        INPUT,
        Failure("NoCurrentVersion", "db"),
        {
            "secretsmanager.DescribeSecret": [DESCRIBED, {"VersionIdsToStages": {V2: ["AWSPENDING"]}}],
            "secretsmanager.GetSecretValue": [CURRENT, PENDING],
            "rds.ModifyDBCluster": [{}],
            "rds.DescribeDBClusters": [READY],
        },
    ),
]
