"""Which hand-written machine stands beside which program, and with what both are run.

The machines are those of `aws-samples/step-functions-workflows-collection`, read from a checkout when this is measured. A pair names a
scenario of the program (`tests/workflows/scenarios`) and gives the machine the input and the answers that lead it through the same
calls. Answers are by resource, as `run.mjs` takes them; where a machine reads a member that AWS does not answer (some have such
mistakes) the answer has it nevertheless, so that the machine does what it is meant to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

Answers = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Pair:
    """One scenario for both."""

    scenario: str
    input: Any
    answers: Answers = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A program and a machine. `differs` says what of their work is not the same, if anything."""

    program: str
    definition: str
    pairs: tuple[Pair, ...]
    workflow: str | None = None
    differs: str = ""


def values(*given: Any) -> list[dict[str, Any]]:
    """Answers in their order."""
    return [{"value": value} for value in given]


def failing(error: str, cause: str = "") -> dict[str, Any]:
    """An answer that is an error."""
    return {"error": error, "cause": cause}


def payloads(*given: Any) -> list[dict[str, Any]]:
    """Answers of a Lambda function."""
    return values(*({"Payload": value, "StatusCode": 200} for value in given))


S3_EVENT: Final = {
    "time": "2024-05-01T10:00:00Z",
    "detail": {"bucket": {"name": "pictures"}, "object": {"key": "a/b.jpg"}},
}
EMPTY: Final = values({})
SENT: Final = values({"MessageId": "1"})
PUT_EVENTS: Final = values({"Entries": [{"EventId": "1"}], "FailedEntryCount": 0})

ACCOUNT_INPUT: Final = {
    "OU": "Labs",
    "AccountName": "team",
    "AccountEmail": "team@example.com",
    "StackName": "baseline",
    "TemplateBody": "{}",
}


def account(state: str, **more: str) -> dict[str, Any]:
    return {"CreateAccountStatus": {"Id": "car-1", "State": state, **more}}


ACCOUNT: Final = {
    "aws-sdk:organizations:listRoots": values({"Roots": [{"Id": "r-1"}]}),
    "aws-sdk:organizations:createOrganizationalUnit": values({"OrganizationalUnit": {"Id": "ou-1"}}),
    "aws-sdk:organizations:createAccount": values(account("IN_PROGRESS")),
    "aws-sdk:organizations:describeCreateAccountStatus": values(
        account("IN_PROGRESS"), account("SUCCEEDED", AccountId="111122223333")
    ),
    "aws-sdk:organizations:moveAccount": EMPTY,
    "aws-sdk:cloudformation:createStack": values({"StackId": "arn:stack"}),
}


def faces(*found: tuple[str, float]) -> list[dict[str, Any]]:
    return values({"CelebrityFaces": [{"Id": f"id-{n}", "Name": n, "MatchConfidence": c} for n, c in found]})


STOCK: Final = {
    "dynamodb:getItem": values(
        {"Item": {"stock": {"N": "7"}, "minPOAmount": {"N": "50"}, "status": {"S": "IN STOCK"}}}
    ),
    "dynamodb:updateItem": EMPTY,
    "dynamodb:putItem": EMPTY,
    "events:putEvents": PUT_EVENTS,
    "sns:publish": SENT,
}
UNLOAD_INPUT: Final = {
    "redshift_workgroup": "reports",
    "redshift_database": "d",
    "query_without_unload": "select",
    "output_bucket": "results",
}
UNLOAD: Final = {
    "aws-sdk:redshiftdata:executeStatement": values({"Id": "s-1"}),
    "aws-sdk:s3:getObject": values({"Body": '{"entries": []}'}),
}


def trip(*fails: str) -> Answers:
    functions = ["reserveFlight", "reserveCarRental", "processPayment", "confirmFlight", "confirmCarRental"]
    undo = ["refundPayment", "cancelCarRental", "cancelFlight"]
    made: dict[str, Sequence[Mapping[str, Any]]] = {
        f"lambda ${{{name}Function}}": [failing("Unavailable")] if name in fails else payloads("ok")
        for name in (*functions, *undo)
    }
    return {**made, "sns:publish": SENT}


EXPENSE: Final = [
    {"Type": {"Text": name}, "ValueDetection": {"Text": "x"}}
    for name in ("AMOUNT_PAID", "INVOICE_RECEIPT_DATE", "VENDOR_NAME")
]
GLUE_RUN: Final = {"Name": "w", "WorkflowRunId": "wr", "Statistics": {"FailedActions": 0}}
SPEECH: Final = {"aws-sdk:s3:getObject": values({"Body": "Good morning"})}


def speech(status: str) -> dict[str, Any]:
    return {"SynthesisTask": {"TaskId": "t-1", "TaskStatus": status}, "TaskStatus": status}


def mood(name: str) -> Answers:
    return {
        "aws-sdk:comprehend:detectSentiment": values({"Sentiment": name, "SentimentScore": {"Negative": 0.9}}),
        "dynamodb:putItem": EMPTY,
        "sns:publish": SENT,
    }


DATABASE: Final = {
    "aws-sdk:rds:describeDBInstances": values(
        {"DbInstances": [{"EngineVersion": "11.9", "Engine": "postgres", "DbInstanceClass": "c"}]},
        *(
            {"DbInstances": [{"DbInstanceStatus": status, "DbInstanceIdentifier": "i", "DbClusterIdentifier": "c"}]}
            for status in ("creating", "available")
        ),
    ),
    "aws-sdk:rds:createDBSnapshot": values(
        {"DbSnapshot": {"Status": "creating", "DbSnapshotArn": "arn:s", "DbSnapshotIdentifier": "s"}}
    ),
    "aws-sdk:rds:describeDBSnapshots": values(
        *(
            {"DbSnapshots": [{"Status": status, "DbSnapshotArn": "arn:s", "DbSnapshotIdentifier": "s"}]}
            for status in ("creating", "available")
        )
    ),
    "aws-sdk:rds:restoreDBClusterFromSnapshot": values({"DbCluster": {"DbClusterIdentifier": "c"}}),
    "aws-sdk:rds:describeDBClusters": values(
        *({"DbClusters": [{"Status": status, "DbClusterIdentifier": "c"}]} for status in ("creating", "available"))
    ),
    "aws-sdk:rds:createDBInstance": values(
        {"DbInstance": {"DbInstanceStatus": "creating", "DbInstanceIdentifier": "i"}}
    ),
    "aws-sdk:rds:modifyDBCluster": values({"DbCluster": {"Status": "available", "DbClusterIdentifier": "c"}}),
}
DATABASE_INPUT: Final = {"dbInstanceId": "db", "dbInstanceClass": "db.r5.large"}


def case(severity: str) -> Answers:
    found = {
        "SeverityCode": severity,
        "DisplayId": "101",
        "Subject": "it is broken",
        "SubmittedBy": "a@b.example",
    }
    return {"aws-sdk:support:describeCases": values({"Cases": [found]}), "sns:publish": SENT}


CASE_EVENT: Final = {"account": "123456789012", "detail": {"case-id": "case-1"}}
PRODUCT: Final = {"UpdatedProduct": "p", "Event": "e", "Product_Id": "p1", "EventDateTime": "t"}


def product(kind: str, function: str) -> Answers:
    return {
        "lambda ${ESPValidateEventArn}": payloads({"detail": {"ProductEvent": {"eventType": kind}}}),
        f"lambda ${{{function}}}": payloads(PRODUCT),
        "dynamodb:putItem": EMPTY,
    }


SUBJECTS: Final = (
    Subject(
        "account_vending",
        "account-vending-machine/statemachine/statemachine.asl.json",
        (Pair("made after a while, with a stack", ACCOUNT_INPUT, ACCOUNT),),
    ),
    Subject(
        "celebrities",
        "celebrity-identifier-sam/statemachine/statemachine.asl.json",
        (
            Pair("nobody", S3_EVENT, {"aws-sdk:rekognition:recognizeCelebrities": faces()}),
            Pair(
                "two of three",
                S3_EVENT,
                {
                    "aws-sdk:rekognition:recognizeCelebrities": faces(("Ann", 99.5), ("Bob", 90.0), ("Cy", 90.5)),
                    "dynamodb:putItem": EMPTY,
                },
            ),
        ),
    ),
    Subject(
        "image_facts",
        "data-processing/sam/statemachine/statemachine.asl.json",
        (
            Pair("none", {"Objects": []}),
            Pair(
                "two",
                {"Objects": [{"Bucket": "files", "Key": "cat.jpg"}, {"Bucket": "files", "Key": "x.jpg"}]},
                {
                    "aws-sdk:s3:getObjectAttributes": values(
                        {"ObjectSize": 7, "StorageClass": "STANDARD", "LastModified": "2024-05-01T10:00:00Z"}
                    ),
                    "aws-sdk:rekognition:detectLabels": values({"Labels": []}),
                    "dynamodb:putItem": EMPTY,
                },
            ),
        ),
    ),
    Subject(
        "table_migration",
        "dynamodb-migrations/statemachine/statemachine.asl.json",
        (
            Pair(
                "empty",
                {},
                {
                    "aws-sdk:dynamodb:createBackup": values({"BackupDetails": {"BackupArn": "arn:b"}}),
                    "aws-sdk:dynamodb:scan": values({"Items": []}),
                },
            ),
            Pair(
                "two pages",
                {},
                {
                    "aws-sdk:dynamodb:createBackup": values({"BackupDetails": {"BackupArn": "arn:b"}}),
                    "aws-sdk:dynamodb:scan": values(
                        {"Items": [{"id": {"S": "a"}}, {"id": {"S": "b"}}], "LastEvaluatedKey": {"id": {"S": "b"}}},
                        {"Items": [{"id": {"S": "c"}}]},
                    ),
                    "lambda ${MigrateFunctionArn}": payloads({"id": {"S": "a"}}),
                    "dynamodb:putItem": EMPTY,
                },
            ),
        ),
    ),
    Subject(
        "reserve_stock",
        "inventory-management-sam/statemachine/reserve-stock-statemachine.asl.json",
        (
            Pair("enough", {"productId": "p1", "orderId": "o1", "quantity": 5}, STOCK),
            Pair("too few", {"productId": "p1", "orderId": "o1", "quantity": 8}, STOCK),
        ),
    ),
    Subject(
        "redshift_unload",
        "redshift-serverless-unload/statemachine/statemachine.asl.json",
        (
            Pair(
                "at once",
                UNLOAD_INPUT,
                {**UNLOAD, "aws-sdk:redshiftdata:describeStatement": values({"Status": "FINISHED"})},
            ),
            Pair(
                "later",
                UNLOAD_INPUT,
                {
                    **UNLOAD,
                    "aws-sdk:redshiftdata:describeStatement": values(
                        {"Status": "STARTED"}, {"Status": "STARTED"}, {"Status": "FINISHED"}
                    ),
                },
            ),
            Pair(
                "failed",
                UNLOAD_INPUT,
                {**UNLOAD, "aws-sdk:redshiftdata:describeStatement": values({"Status": "FAILED"})},
            ),
            Pair(
                "no manifest",
                UNLOAD_INPUT,
                {
                    **UNLOAD,
                    "aws-sdk:redshiftdata:describeStatement": values({"Status": "FINISHED"}),
                    "aws-sdk:s3:getObject": [failing("S3.NoSuchKeyException")],
                },
            ),
        ),
    ),
    Subject(
        "travel_saga",
        "saga-pattern-sam/statemachine/statemachine.asl.json",
        (
            Pair("booked", {}, trip()),
            Pair("no seat", {}, trip("reserveFlight")),
            Pair("no car", {}, trip("reserveCarRental")),
            Pair("declined", {}, trip("processPayment")),
        ),
        differs="the machine confirms flight and car with a function each, and takes back what it did not do as well",
    ),
    Subject(
        "athena_rows",
        "sfn-athena-query/statemachine/statemachine.asl.json",
        (
            Pair(
                "one page",
                {},
                {
                    "athena:startQueryExecution.sync": values({"QueryExecution": {"QueryExecutionId": "q-1"}}),
                    "athena:getQueryResults": values(
                        {"ResultSet": {"Rows": [{"Data": []}, {"Data": [{"VarCharValue": "a"}]}]}}
                    ),
                },
            ),
        ),
        differs="the machine does nothing with the rows, one at a time",
    ),
    Subject(
        "glue_workflow",
        "sfn-continous-running-glue-workflow-tf/statemachine/statemachine.asl.json",
        (
            Pair(
                "one",
                {"workflow_name": "w"},
                {
                    "aws-sdk:glue:startWorkflowRun": values({"RunId": "wr"}),
                    "aws-sdk:glue:getWorkflowRun": values(
                        {"Run": {**GLUE_RUN, "Status": "RUNNING"}}, {"Run": {**GLUE_RUN, "Status": "COMPLETED"}}
                    ),
                    "states:startExecution": values({"ExecutionArn": "arn:e"}),
                },
            ),
            Pair(
                "stopped",
                {"workflow_name": "w"},
                {
                    "aws-sdk:glue:startWorkflowRun": values({"RunId": "wr"}),
                    "aws-sdk:glue:getWorkflowRun": values({"Run": {**GLUE_RUN, "Status": "STOPPED"}}),
                },
            ),
        ),
        differs="the machine goes on by starting itself anew, the program by a loop",
    ),
    Subject(
        "support_cases",
        "support-notifications-cdk/python/statemachine/statemachine.asl.json",
        (Pair("urgent", CASE_EVENT, case("urgent")), Pair("low", CASE_EVENT, case("low"))),
    ),
    Subject(
        "expense_receipts",
        "textract-analyze-expense-tf/statemachine/statemachine.asl.json",
        (
            Pair(
                "receipt",
                S3_EVENT,
                {
                    "aws-sdk:rekognition:detectLabels": values({"Labels": [{"Name": "Receipt", "Confidence": 91.5}]}),
                    "aws-sdk:textract:analyzeExpense": values({"ExpenseDocuments": [{"SummaryFields": EXPENSE}]}),
                    "dynamodb:updateItem": EMPTY,
                },
            ),
        ),
    ),
    Subject(
        "train_model",
        "train-ml-model/statemachine/statemachine.asl.json",
        (
            Pair(
                "trained",
                {},
                {
                    "${DataGenerationJobArn}": values({}),
                    "sagemaker:createTrainingJob.sync": values(
                        {"TrainingJobName": "n", "ModelArtifacts": {"S3ModelArtifacts": "s3://m"}}
                    ),
                    "sagemaker:createModel": values({"ModelArn": "arn:m"}),
                    "sagemaker:createTransformJob.sync": values({}),
                },
            ),
        ),
        differs="the machine also generates the data",
    ),
    Subject(
        "transfer_messages",
        "transfer-data-records/statemachine/statemachine.asl.json",
        (
            Pair(
                "three",
                {},
                {
                    "arn:aws:lambda:us-east-1:960196974364:function:"
                    "StepFunctionsSample-TransferDataRe-SeedingFunction-gRchrSqb4Sfq": values(["a", "b", "c", "DONE"]),
                    "dynamodb:getItem": values({"Item": {"Message": {"S": "hello"}}}),
                    "sqs:sendMessage": SENT,
                },
            ),
        ),
        differs="the machine also calls a function that fills the table",
    ),
    Subject(
        "speech",
        "tts-converter/statemachine/statemachine.asl.json",
        (
            Pair(
                "later",
                S3_EVENT,
                {
                    **SPEECH,
                    "aws-sdk:polly:startSpeechSynthesisTask": values(speech("scheduled")),
                    "aws-sdk:polly:getSpeechSynthesisTask": values(speech("inProgress"), speech("completed")),
                },
            ),
        ),
    ),
    Subject(
        "transcribe_words",
        "word-filtering-script-generator/statemachine/statemachine.asl.json",
        (
            Pair(
                "new filter",
                S3_EVENT,
                {
                    "aws-sdk:transcribe:createVocabularyFilter": EMPTY,
                    "aws-sdk:transcribe:startTranscriptionJob": values(
                        {"TranscriptionJob": {"TranscriptionJobName": "n"}}
                    ),
                    "aws-sdk:transcribe:getTranscriptionJob": values(
                        *(
                            {"TranscriptionJob": {"TranscriptionJobName": "n", "TranscriptionJobStatus": status}}
                            for status in ("IN_PROGRESS", "COMPLETED")
                        )
                    ),
                    "aws-sdk:s3:getObject": values({"Body": '{"results": {"transcripts": [{"transcript": "x"}]}}'}),
                    "aws-sdk:s3:putObject": EMPTY,
                },
            ),
        ),
    ),
    Subject(
        "contact_form",
        "web-contact-form-processor-tf/statemachines/statemachine.asl.json",
        (
            Pair("good", {"message": "thank you"}, mood("POSITIVE")),
            Pair("bad", {"message": "it is broken"}, mood("NEGATIVE")),
        ),
    ),
    Subject(
        "aurora_migration",
        "sfn-rds-to-aurora-migrate-postgres-cdk/statemachine/statemachine.asl.json",
        (
            Pair("moved", DATABASE_INPUT, DATABASE),
            Pair("upgraded", {**DATABASE_INPUT, "alsoUpgradeTo": "12.4"}, DATABASE),
        ),
    ),
    Subject(
        "nightly_batch",
        "synchronous-job/statemachine/statemachine.asl.json",
        (
            Pair("succeeded", {}, {"batch:submitJob.sync": values({"Status": "SUCCEEDED"}), "sns:publish": SENT}),
            Pair(
                "failed",
                {},
                {"batch:submitJob.sync": [failing("States.TaskFailed", "{}")], "sns:publish": SENT},
            ),
        ),
        differs="the machine submits a job that failed twice more",
    ),
    Subject(
        "moderated_images",
        "moderated-image-catalog/statemachine/statemachine.asl.json",
        (
            Pair(
                "fine",
                {"bucket": "files", "key": "k.png"},
                {
                    "aws-sdk:rekognition:detectModerationLabels": values({"ModerationLabels": []}),
                    "aws-sdk:rekognition:detectLabels": values({"Labels": []}),
                    "aws-sdk:rekognition:detectText": values({"TextDetections": []}),
                    "dynamodb:updateItem": EMPTY,
                },
            ),
            Pair(
                "refused",
                {"bucket": "files", "key": "k.png"},
                {
                    "aws-sdk:rekognition:detectModerationLabels": values({"ModerationLabels": [{"Name": "x"}]}),
                    "sns:publish": SENT,
                },
            ),
        ),
    ),
    Subject(
        "product_events",
        "event-sourcing/statemachine/event-sourcing.asl.json",
        (
            Pair("received", {}, product("productReceived", "ESPProcessProductReceivedArn")),
            Pair("shipped", {}, product("productShipped", "ESPProcessProductShippedArn")),
            Pair("other", {}, product("productEaten", "ESPProcessProductShippedArn")),
        ),
        differs="the machine works the new state out in Lambda",
    ),
    Subject(
        "quotes",
        "scatter-gather/statemachine/statemachine.asl.json",
        (
            Pair(
                "all",
                {"requestDescription": "tea", "quoteProviders": ["a", "b"]},
                {"lambda a": payloads({"quote": 1}), "lambda b": payloads({"quote": 2}), "dynamodb:putItem": EMPTY},
            ),
            Pair(
                "one is slow",
                {"requestDescription": "tea", "quoteProviders": ["a", "b"]},
                {
                    "lambda a": [failing("States.Timeout")],
                    "lambda b": payloads({"quote": 2}),
                    "dynamodb:putItem": EMPTY,
                },
            ),
        ),
    ),
)
