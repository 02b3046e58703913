from tests.workflows.scenario import AwsError, Failure, Scenario, Stream

MISSING = AwsError("NoSuchKey", "The specified key does not exist.", 404)
FOUND = {"Body": Stream('{"limit": 5, "name": "é"}')}
RESULT = {"settings": {"limit": 5, "name": "é"}, "found": True}

SCENARIOS = [
    Scenario("there", {"bucket": "files"}, RESULT, {"s3.GetObject": [FOUND]}),
    Scenario("at the third try", {"bucket": "files"}, RESULT, {"s3.GetObject": [MISSING, MISSING, FOUND]}),
    Scenario("never", {"bucket": "files"}, {"settings": {}, "found": False}, {"s3.GetObject": [MISSING]}),
    Scenario(
        "no bucket",
        {"bucket": "files"},
        Failure("NoSuchBucket"),
        {"s3.GetObject": [AwsError("NoSuchBucket", "The specified bucket does not exist", 404)]},
    ),
    Scenario(
        "no JSON", {"bucket": "files"}, Failure("JSONDecodeError"), {"s3.GetObject": [{"Body": Stream("limit=5")}]}
    ),
]
