from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"OUTPUT_LOCATION": "s3://out/"}


def rows(*lines: tuple[str | None, ...]) -> dict:
    cells = [{"Data": [{"VarCharValue": c} if c is not None else {} for c in line]} for line in lines]
    return {"ResultSet": {"Rows": cells}}


def state(name: str, **more: str) -> dict:
    return {"QueryExecution": {"QueryExecutionId": "q-1", "Status": {"State": name, **more}}}


STARTED = {"athena.StartQueryExecution": [{"QueryExecutionId": "q-1"}]}
SCENARIOS = [
    Scenario(
        "one page",
        {"sql": "select 1"},
        [["a", ""]],
        {
            **STARTED,
            "athena.GetQueryExecution": [state("RUNNING"), state("SUCCEEDED")],
            "athena.GetQueryResults": [rows(("x", "y"), ("a", None))],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "two pages",
        {"sql": "select 1", "database": "db"},
        [["1"], ["2"]],
        {
            **STARTED,
            "athena.GetQueryExecution": [state("SUCCEEDED")],
            "athena.GetQueryResults": [{**rows(("x",), ("1",)), "NextToken": "n"}, rows(("2",))],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "failed",
        {"sql": "select"},
        Failure("JobFailed"),
        {**STARTED, "athena.GetQueryExecution": [state("FAILED", StateChangeReason="SYNTAX_ERROR")]},
        environ=ENVIRON,
    ),
    Scenario(
        "refused",
        {"sql": "selct"},
        Failure("InvalidRequestException"),
        {"athena.StartQueryExecution": [AwsError("InvalidRequestException", "Queries of this type are not supported")]},
        environ=ENVIRON,
    ),
]
