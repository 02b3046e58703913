"""The codes of errors: what the machine makes of the names that Step Functions gives them, for all errors of services with many."""

import json

import pytest

from pysfnc.aws.services import service
from pysfnc.backend.errors import read_error
from pysfnc.backend.written import with_prelude
from pysfnc.frontend.aws.integrations import reading_of
from pysfnc.jsonata.engine import JlensEvaluator
from pysfnc.jsonata.tree import Array, Field, Lit, Object, Tree
from pysfnc.library.objects.raised import MESSAGE
from tests.support.oracle import evaluator

SERVICES = {
    "rds": "describe_db_clusters",
    "redshift": "describe_clusters",
    "iam": "get_user",
    "elasticache": "describe_cache_clusters",
    "polly": "get_speech_synthesis_task",
    "s3": "get_object",
    "docdb": "describe_db_clusters",
    "sqs": "send_message",
    "cloudfront": "get_distribution",
}


@pytest.mark.parametrize("engine", ["jlens", "node"])
@pytest.mark.parametrize("name", SERVICES)
def test_every_error_has_its_code(name: str, engine: str) -> None:
    operation = service(name).operation(SERVICES[name])
    reading = reading_of(operation, None)
    errors = list(operation.service.errors.values())
    outputs = [
        Object(((Lit("Error"), Lit(error.asl_name)), (Lit("Cause"), Lit("text (Service: X, Status Code: 400)"))))
        for error in errors
    ]
    texts: list[Tree] = [Field(read_error(reading, output, status=False), MESSAGE) for output in outputs]
    chosen = evaluator(engine) or JlensEvaluator()
    for start in range(0, len(texts), 10):
        part = Array(tuple(texts[start : start + 10]))
        found = chosen.evaluate(with_prelude(part), {}, now_ms=0)
        expected = [
            f"An error occurred ({error.code}) when calling the {operation.name} operation: text"
            for error in errors[start : start + 10]
        ]
        assert json.loads(json.dumps(found)) == expected


def test_a_service_with_many_errors_has_them_in_little_room() -> None:
    operation = service("rds").operation("describe_db_clusters")
    reading = reading_of(operation, None)
    table = sum(len(error) + len(code) for error, code in reading.codes)
    written = len(with_prelude(read_error(reading, Object(((Lit("Error"), Lit("x")),)), status=False)))
    assert written < table * 0.3
