"""What Lambda writes into the `Cause` of a function's error: JSON (AWS guide, "Lambda function errors in Python")."""

import json
from typing import Any

__all__ = ["lambda_report", "message_of"]


def lambda_report(cause: str | None) -> dict[str, Any] | None:
    """Parse the JSON that Lambda writes into the cause of a function's error; None for any other cause."""
    if not cause or not cause.startswith("{"):
        return None
    try:
        report = json.loads(cause)
    except ValueError:
        return None
    is_report = isinstance(report, dict) and isinstance(report.get("errorMessage"), str) and "errorType" in report
    return report if is_report else None


def message_of(cause: str | None) -> str:
    """Return the text of the exception behind a cause: that of Lambda's report, else the cause itself."""
    report = lambda_report(cause)
    return report["errorMessage"] if report else cause or ""
