"""What a program gives boto3 arrives unchanged when the state makes the call, and answers come back unchanged."""

import random
from typing import Final

import pytest

from pysfnc.aws import (
    Operation,
    answer_to_asl,
    answer_to_boto,
    arguments_to_asl,
    arguments_to_boto,
    optimised_named,
    service,
    service_names,
)
from pysfnc.aws.optimised import _ALL
from tests.aws.values import Maker

# What real machines call most, and services of each protocol and with odd names.
USED: Final = (
    "dynamodb", "s3", "stepfunctions", "sns", "sqs", "events", "lambda", "glue", "athena", "transcribe", "rekognition",
    "bedrock-runtime", "polly", "ec2", "rds", "ecs", "batch", "textract", "translate", "comprehend", "organizations",
    "cognito-idp", "logs", "elbv2", "autoscaling", "cloudformation", "ssm", "codebuild", "emr", "iot",
)  # fmt: skip


def chosen() -> list[Operation]:
    """200 operations of 40 services, five of each."""
    draw = random.Random(20)
    others = [name for name in service_names() if name not in USED]
    found: list[Operation] = []
    for name in (*USED, *draw.sample(others, len(others))):
        operations = [service(name).operation(method) for method in sorted(service(name).methods)]
        able = [operation for operation in operations if operation.refusal is None and operation.input]
        if len(able) >= 5 and len(found) < 200:
            found += draw.sample(able, 5)
    return found


OPERATIONS: Final = chosen()


def test_the_sample_is_as_large_as_it_says() -> None:
    assert len(OPERATIONS) == 200
    assert len({operation.service.name for operation in OPERATIONS}) == 40


@pytest.mark.parametrize("operation", OPERATIONS, ids=repr)
def test_arguments_survive(operation: Operation) -> None:
    for seed in range(5):
        arguments = Maker(f"{operation}{seed}", fill=0.2 + seed / 6).structure(operation.input)
        written = arguments_to_asl(operation.input, arguments)
        assert all(name[0].isupper() for name in written)
        assert arguments_to_boto(operation.input, written) == arguments


@pytest.mark.parametrize("operation", OPERATIONS, ids=repr)
def test_answers_survive(operation: Operation) -> None:
    for seed in range(5):
        answer = Maker(f"{operation}{seed}", fill=0.2 + seed / 6).structure(operation.output)
        stored = answer_to_asl(operation.output, {**answer, "ResponseMetadata": {"HTTPStatusCode": 200}})
        assert answer_to_boto(operation.output, stored) == answer


@pytest.mark.parametrize("entry", [entry for entry in _ALL if entry.service], ids=lambda e: f"{e.name}:{e.action}")
def test_optimised_integrations_survive(entry: object) -> None:
    assert isinstance(entry, type(optimised_named("sns", "publish")))
    operation = entry.operation
    for seed in range(5):
        maker = Maker(f"{operation}{seed}")
        arguments = maker.structure(operation.input)
        written = arguments_to_asl(operation.input, arguments, "api")
        assert arguments_to_boto(operation.input, written, "api") == arguments
        answer = maker.structure(operation.output)
        assert answer_to_boto(operation.output, answer_to_asl(operation.output, answer, "api"), "api") == answer
