import json

from tests.workflows.scenario import AwsError, Failure, Scenario, Stream

ENVIRON = {"RESULTS_BUCKET": "results"}
INPUT = {"workgroup": "reports", "database": "d", "query": "select 'x'"}
MANIFEST = json.dumps({"entries": [{"url": "s3://results/1"}, {"url": "s3://results/2"}]})
STARTED = {"redshift-data.ExecuteStatement": [{"Id": "s-1"}]}
RUNNING = {"Id": "s-1", "Status": "STARTED"}
FINISHED = {"Id": "s-1", "Status": "FINISHED", "ResultRows": 12}

SCENARIOS = [
    Scenario(
        "at once",
        INPUT,
        {"rows": 12, "files": 2},
        {**STARTED, "redshift-data.DescribeStatement": [FINISHED], "s3.GetObject": [{"Body": Stream(MANIFEST)}]},
        environ=ENVIRON,
    ),
    Scenario(
        "later",
        INPUT,
        {"rows": 12, "files": 0},
        {
            **STARTED,
            "redshift-data.DescribeStatement": [RUNNING, RUNNING, FINISHED],
            "s3.GetObject": [{"Body": Stream('{"entries": []}')}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "failed",
        INPUT,
        Failure("QueryFailed", "syntax error"),
        {**STARTED, "redshift-data.DescribeStatement": [{"Id": "s-1", "Status": "FAILED", "Error": "syntax error"}]},
        environ=ENVIRON,
    ),
    Scenario(
        "aborted",
        INPUT,
        Failure("QueryFailed", "ABORTED"),
        {**STARTED, "redshift-data.DescribeStatement": [{"Id": "s-1", "Status": "ABORTED"}]},
        environ=ENVIRON,
    ),
    Scenario(
        "no manifest",
        INPUT,
        Failure("NoManifest", "the query wrote nothing"),
        {
            **STARTED,
            "redshift-data.DescribeStatement": [FINISHED],
            "s3.GetObject": [AwsError("NoSuchKey", "The specified key does not exist.", 404)],
        },
        environ=ENVIRON,
    ),
]
