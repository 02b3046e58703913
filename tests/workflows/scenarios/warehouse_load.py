from typing import Any

from tests.workflows.scenario import Answer, AwsError, Failure, Scenario

DONE = {"Status": "FINISHED"}
NULL = {"isNull": True}


def page(*records: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"ColumnMetadata": [{"name": name} for name in ("kind", "n", "top")], "Records": list(records), **more}


PAGES = [
    page([{"stringValue": "a"}, {"longValue": 2}, {"doubleValue": 1.5}], NextToken="t"),
    page([NULL, {"longValue": 3}, NULL]),
]


def scenario(label: str, expected: Any, *statuses: Answer, pages: list[Answer] = PAGES, **input: Any) -> Scenario:
    return Scenario(
        label,
        {"table": "sales", "source": "s3://x", "day": "2024-03-01"} | input,
        expected,
        {
            "redshift-data.ExecuteStatement": [{"Id": "1"}],
            "redshift-data.DescribeStatement": statuses,
            "redshift-data.GetStatementResult": pages,
        },
    )


SCENARIOS = [
    scenario("loads", {"loaded": 5, "kinds": {"a": 2, "none": 3}, "top": 1.5}, {"Status": "STARTED"}, DONE),
    scenario("nothing to load", {"loaded": 0}, DONE, pages=[page()]),
    scenario("no prices", {"loaded": 3, "kinds": {"none": 3}, "top": None}, DONE, pages=PAGES[1:]),
    scenario("a bad name", Failure("ValueError", "bad table name: 'x;drop'"), table="x;drop"),
    scenario("no file", Failure("SqlError", "FAILED: no file"), DONE, {"Status": "FAILED", "Error": "no file"}, DONE),
    scenario("aborted", Failure("SqlError"), DONE, DONE, {"Status": "ABORTED"}, DONE),
    scenario("gone", Failure("ResourceNotFoundException"), AwsError("ResourceNotFoundException", "no such query")),
]
