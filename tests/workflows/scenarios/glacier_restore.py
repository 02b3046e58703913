from tests.workflows.scenario import AwsError, Failure, Scenario

ONGOING = {"StorageClass": "GLACIER", "Restore": 'ongoing-request="true"'}
READY = {"StorageClass": "GLACIER", "Restore": 'ongoing-request="false", expiry-date="Fri, 21 Dec 2029 00:00:00 GMT"'}
INPUT = {"bucket": "files", "keys": ["k"]}

SCENARIOS = [
    Scenario("not archived", INPUT, [], {"s3.HeadObject": [{"ContentLength": 3}]}),
    Scenario("already there", INPUT, [], {"s3.HeadObject": [READY]}),
    Scenario(
        "asked for",
        INPUT,
        ["k"],
        {"s3.HeadObject": [{"StorageClass": "DEEP_ARCHIVE"}, ONGOING, READY], "s3.RestoreObject": [{}]},
    ),
    Scenario("under way", INPUT, ["k"], {"s3.HeadObject": [ONGOING, READY]}),
    Scenario(
        "not there", INPUT, Failure("NotThere", "files/k"), {"s3.HeadObject": [AwsError("404", "Not Found", 404)]}
    ),
]
