from tests.workflows.scenario import AwsError, Failure, Scenario

GIVEN = {"zone": "Z1", "name": "www.example.com", "check_id": "c", "standby": "b.example.com"}


def checked(*statuses: str) -> dict:
    return {"HealthCheckObservations": [{"StatusReport": {"Status": status}} for status in statuses]}


def record(target: str = "a.example.com", kind: str = "CNAME", **more) -> dict:
    found = {"Name": "www.example.com.", "Type": kind, "ResourceRecords": [{"Value": target}], **more}
    return {"ResourceRecordSets": [found], "IsTruncated": False, "MaxItems": "1"}


BAD = {"route53.GetHealthCheckStatus": [checked("Success: 200", "Failure: 500")]}
CHANGED = {"route53.ChangeResourceRecordSets": [{"ChangeInfo": {"Id": "/change/1", "Status": "PENDING"}}]}


def change(status: str) -> dict:
    return {"ChangeInfo": {"Id": "/change/1", "Status": status}}


SCENARIOS = [
    Scenario(
        "healthy at the second look",
        GIVEN,
        {"changed": False},
        {
            "route53.GetHealthCheckStatus": [
                checked("Failure: x", "Success: 200"),
                checked("Success: 200", "Success", "x"),
            ]
        },
    ),
    Scenario(
        "moved",
        GIVEN,
        {"changed": True, "from": ["a.example.com"], "target": "b.example.com", "in_sync": True},
        BAD
        | CHANGED
        | {
            "route53.ListResourceRecordSets": [record(TTL=30)],
            "route53.GetChange": [change("PENDING"), change("INSYNC")],
        },
    ),
    Scenario(
        "not known in time",
        GIVEN | {"checks": 1},
        {"changed": True, "target": "b.example.com", "in_sync": False},
        BAD | CHANGED | {"route53.ListResourceRecordSets": [record()], "route53.GetChange": [change("PENDING")]},
    ),
    Scenario(
        "moved before",
        GIVEN,
        {"changed": False, "target": "b.example.com"},
        BAD | {"route53.ListResourceRecordSets": [record("b.example.com")]},
    ),
    Scenario(
        "another kind",
        GIVEN,
        Failure("LookupError", "www.example.com has no CNAME record in Z1"),
        BAD | {"route53.ListResourceRecordSets": [record(kind="A")]},
    ),
    Scenario(
        "no such check",
        GIVEN,
        Failure("NoSuchHealthCheck"),
        {"route53.GetHealthCheckStatus": [AwsError("NoSuchHealthCheck", "no such check", 404)]},
    ),
]
