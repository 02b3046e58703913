import json

from tests.workflows.scenario import AwsError, Failure, Scenario, Stream

ENVIRON = {"RESULTS_BUCKET": "results"}
INPUT = {"bucket": "files", "key": "talks/one.mp3", "words": ["mug"]}
RESULT = json.dumps({"results": {"transcripts": [{"transcript": "a *** of tea"}]}})


def job(status: str, **more: str) -> dict:
    return {"TranscriptionJob": {"TranscriptionJobName": "talks-one.mp3", "TranscriptionJobStatus": status, **more}}


ANSWERS = {
    "transcribe.CreateVocabularyFilter": [{"VocabularyFilterName": "badWordFilter"}],
    "transcribe.StartTranscriptionJob": [job("QUEUED")],
    "transcribe.GetTranscriptionJob": [job("IN_PROGRESS"), job("COMPLETED")],
    "s3.GetObject": [{"Body": Stream(RESULT)}],
}
SCENARIOS = [
    Scenario("new filter", INPUT, "a *** of tea", ANSWERS, environ=ENVIRON),
    Scenario(
        "old filter",
        INPUT,
        "a *** of tea",
        {
            **ANSWERS,
            "transcribe.CreateVocabularyFilter": [AwsError("ConflictException", "exists")],
            "transcribe.UpdateVocabularyFilter": [{"VocabularyFilterName": "badWordFilter"}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "failed",
        INPUT,
        Failure("TranscriptionFailed", "bad audio"),
        {**ANSWERS, "transcribe.GetTranscriptionJob": [job("FAILED", FailureReason="bad audio")]},
        environ=ENVIRON,
    ),
]
