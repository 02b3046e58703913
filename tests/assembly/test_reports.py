"""What Lambda writes into the cause of an error."""

import json

import pytest

from pysfnc.assembly.reports import lambda_report, message_of

REPORT = {"errorMessage": "no tea", "errorType": "SoldOut", "requestId": "1", "stackTrace": []}


def test_a_report_is_read() -> None:
    assert lambda_report(json.dumps(REPORT)) == REPORT
    assert message_of(json.dumps(REPORT)) == "no tea"


@pytest.mark.parametrize(
    "cause", ["no tea", "", "{", "{}", '{"errorMessage": "x"}', '{"errorMessage": 1, "errorType": "E"}', "[1]"]
)
def test_another_cause_is_itself(cause: str) -> None:
    assert lambda_report(cause) is None
    assert message_of(cause) == cause


def test_no_cause_is_no_message() -> None:
    assert message_of(None) == ""
