import json
from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario, Stream

VIDEO = {"type": "video", "width": 1280, "height": 720}


def probed(value: Any, **more: Any) -> dict[str, Any]:
    return {"StatusCode": 200, "Payload": Stream(json.dumps(value)), **more}


def job(status: str, **more: Any) -> dict[str, Any]:
    return {"Job": {"Id": "j", "Status": status, **more}}


FILM = probed({"streams": [VIDEO, {"type": "audio"}], "duration": "90.5"})


def scenario(label: str, expected: Any, probe: Answer, *jobs: Answer, created: Answer = None) -> Scenario:
    return Scenario(
        label,
        {"uri": "s3://b/in/my.film.mov", "target": "s3://out/"},
        expected,
        {
            "lambda.Invoke": [probe],
            "mediaconvert.CreateJob": [created or job("SUBMITTED")],
            "mediaconvert.GetJob": jobs,
        },
        environ={"MEDIA_ROLE": "arn:aws:iam::123456789012:role/media"},
    )


FILES = ["my.film_720p.mp4", "my.film_480p.mp4", "my.film_360p.mp4"]
SMALL = probed({"streams": [{"type": "video", "width": 100, "height": 100}], "duration": 1})
SCENARIOS = [
    scenario("a film", {"id": "j", "minutes": 1.5, "files": FILES}, FILM, job("PROGRESSING"), job("COMPLETE")),
    scenario("small and silent", {"id": "j", "minutes": 0.0, "files": ["my.film_360p.mp4"]}, SMALL, job("COMPLETE")),
    scenario(
        "no probe",
        Failure("ProbeError", "bad file"),
        probed({"errorMessage": "bad file"}, FunctionError="Unhandled"),
    ),
    scenario("no video", Failure("ProbeError", "no video stream"), probed({"streams": [{"type": "audio"}]})),
    scenario("no width", Failure("KeyError", "'width'"), probed({"streams": [{"type": "video"}], "duration": 1})),
    scenario("an error", Failure("RuntimeError", "j: 5"), FILM, job("ERROR", ErrorCode=5)),
    scenario(
        "refused", Failure("TooManyRequestsException"), FILM, created=AwsError("TooManyRequestsException", "slow", 429)
    ),
]
