"""What goes along in the marker of a way through a Catch: short texts, and of a dict those that are read later."""

import json
from typing import Final

import pytest

from pysfnc.aws.services import service
from pysfnc.frontend.aws.aws_types import structure_type
from tests.support import oracle

PROGRAM: Final = """import time
import boto3
from pysfnc import workflow

polly = boto3.client("polly")

@workflow
def main(text: str):
    job = polly.start_speech_synthesis_task(OutputFormat="mp3", OutputS3BucketName="b", Text=text, VoiceId="Amy")["SynthesisTask"]
    while job["TaskStatus"] not in ("completed", "failed"):
        time.sleep(5)
        WAITING
        job = polly.get_speech_synthesis_task(TaskId=job["TaskId"])["SynthesisTask"]
    return job["OutputUri"]
"""


def ways(waiting: str) -> int:
    """How many states hand something on in a marker."""
    definition = oracle.compile_program(PROGRAM.replace("WAITING", waiting), 1).workflow(None).definition
    return sum("'f':{'job':{'" in json.dumps(state) for state in definition["States"].values())


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        ("pass", 2),
        ('polly.get_speech_synthesis_task(TaskId=job["TaskId"])', 2),
        ('polly.get_lexicon(Name=job.get("TaskId", "none"))', 2),
        ('polly.get_lexicon(Name=job["OutputUri"])', 0),  # a text of any length
        ('polly.get_lexicon(Name=str(job["RequestCharacters"]))', 0),  # a number loses digits as text
        ("polly.get_lexicon(Name=str(len(job)))", 0),  # the whole of it
        ('polly.get_lexicon(Name="y" if "OutputUri" in job else "n")', 0),
        ('job["TaskId"] = text', 0),
    ],
)
def test_what_is_read_later_decides(waiting: str, expected: int) -> None:
    assert ways(waiting) == expected


def test_short_texts_are_those_that_the_models_bound() -> None:
    shape = service("polly").shape("SynthesisTask")
    assert {"TaskId", "TaskStatus"} & structure_type(shape).short == {"TaskId"}
    assert shape.members["TaskId"].shape.longest == 100
    assert "OutputUri" not in structure_type(shape).short
