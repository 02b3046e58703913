from tests.workflows.scenario import AwsError, Failure, Scenario

EVENT = {
    "version": "0",
    "id": "e-1",
    "detail-type": "Object Created",
    "time": "2024-05-01T10:00:00Z",
    "detail": {"bucket": {"name": "pictures"}, "object": {"key": "a/b.jpg", "size": 10}},
}
ENVIRON = {"TABLE": "celebrities"}


def faces(*found: tuple[str, float]) -> dict:
    return {"CelebrityFaces": [{"Id": f"id-{n}", "Name": n, "MatchConfidence": c} for n, c in found]}


SCENARIOS = [
    Scenario(
        "nobody",
        EVENT,
        {"picture": "a/b.jpg", "people": []},
        {"rekognition.RecognizeCelebrities": [faces()]},
        environ=ENVIRON,
    ),
    Scenario(
        "two of three",
        EVENT,
        {"picture": "a/b.jpg", "people": ["Ann", "Cy"]},
        {
            "rekognition.RecognizeCelebrities": [faces(("Ann", 99.5), ("Bob", 90.0), ("Cy", 90.5))],
            "dynamodb.PutItem": [{}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "no picture",
        EVENT,
        Failure("InvalidImageFormatException"),
        {"rekognition.RecognizeCelebrities": [AwsError("InvalidImageFormatException", "bad image")]},
        environ=ENVIRON,
    ),
]
