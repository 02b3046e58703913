from tests.workflows.scenario import AwsError, Failure, Scenario, Stream

ENVIRON = {"AUDIO_BUCKET": "audio"}
EVENT = {"detail": {"bucket": {"name": "texts"}, "object": {"key": "t.txt"}}}
TEXT = {"s3.GetObject": [{"Body": Stream("Good morning, 🙂")}]}


def task(status: str, **more: str) -> dict:
    return {"SynthesisTask": {"TaskId": "t-1", "TaskStatus": status, **more}}


ODD: dict = {"TaskId": 't-<1>\\ "é" 🙂 ${x}\u2028\n'}
DONE = task("completed", OutputUri="https://audio/t.mp3")
SCENARIOS = [
    Scenario(
        "at once", EVENT, "https://audio/t.mp3", {**TEXT, "polly.StartSpeechSynthesisTask": [DONE]}, environ=ENVIRON
    ),
    Scenario(
        "later",
        EVENT,
        "https://audio/t.mp3",
        {
            **TEXT,
            "polly.StartSpeechSynthesisTask": [task("scheduled")],
            "polly.GetSpeechSynthesisTask": [task("inProgress"), DONE],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "later, with an odd name, which changes",
        EVENT,
        "https://audio/t.mp3",
        {
            **TEXT,
            "polly.StartSpeechSynthesisTask": [task("scheduled", **ODD)],
            "polly.GetSpeechSynthesisTask": [task("inProgress"), task("inProgress", **ODD), DONE],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "later, without a name",
        EVENT,
        Failure("KeyError", "'TaskId'"),
        {
            **TEXT,
            "polly.StartSpeechSynthesisTask": [task("scheduled")],
            "polly.GetSpeechSynthesisTask": [{"SynthesisTask": {"TaskStatus": "inProgress"}}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "failed later",
        EVENT,
        Failure("SpeechFailed", "worn out"),
        {
            **TEXT,
            "polly.StartSpeechSynthesisTask": [task("scheduled")],
            "polly.GetSpeechSynthesisTask": [task("failed", TaskStatusReason="worn out")],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "failed",
        EVENT,
        Failure("SpeechFailed", "no reason given"),
        {**TEXT, "polly.StartSpeechSynthesisTask": [task("failed")]},
        environ=ENVIRON,
    ),
    Scenario(
        "no text",
        EVENT,
        Failure("NoSuchKey"),
        {"s3.GetObject": [AwsError("NoSuchKey", "The specified key does not exist.", 404)]},
        environ=ENVIRON,
    ),
]
