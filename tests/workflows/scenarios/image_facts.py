from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"TABLE": "images"}
LABELS = {"Labels": [{"Name": "Cat", "Confidence": 99.0}, {"Name": "Dog", "Confidence": 51.5}]}


def size(params: dict) -> dict:
    return {"ObjectSize": len(params["Key"]) * 10, "StorageClass": "STANDARD"}


def labels(params: dict) -> dict:
    return LABELS if params["Image"]["S3Object"]["Name"].startswith("c") else {"Labels": []}


SCENARIOS = [
    Scenario("none", {"pictures": []}, [], environ=ENVIRON),
    Scenario(
        "two",
        {"pictures": [{"Bucket": "files", "Key": "cat.jpg"}, {"Bucket": "files", "Key": "x.jpg"}]},
        ["cat.jpg: Cat", "x.jpg: nothing"],
        {"s3.GetObjectAttributes": [size], "rekognition.DetectLabels": [labels], "dynamodb.PutItem": [{}]},
        environ=ENVIRON,
    ),
    Scenario(
        "not there",
        {"pictures": [{"Bucket": "files", "Key": "cat.jpg"}]},
        Failure("NoSuchKey"),
        {
            "s3.GetObjectAttributes": [AwsError("NoSuchKey", "no such key", 404)],
            "rekognition.DetectLabels": [labels],
        },
        environ=ENVIRON,
        racing=frozenset({"rekognition.DetectLabels"}),
    ),
]
