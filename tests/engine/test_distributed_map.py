"""Distributed Maps: children, datasets, batches, tolerance, results."""

import gzip
import json
from typing import Any

import pytest

from pysfnc.engine import LambdaService, Machine, RunResult, VirtualClock, run_machine
from pysfnc.engine.objects import BotoObjects
from tests.engine.machines import Functions
from tests.support.objects import MemoryObjects

GET = "arn:aws:states:::s3:getObject"
LIST = "arn:aws:states:::s3:listObjectsV2"
PUT = "arn:aws:states:::s3:putObject"
PASS = {"Type": "Pass", "End": True}
FAILS_ABOVE_2 = {
    "Type": "Choice",
    "Choices": [{"Condition": "{% $states.input.n > 2 %}", "Next": "No"}],
    "Default": "Yes",
}


def distributed(
    *, states: dict[str, Any] | None = None, start: str = "One", execution_type: str = "STANDARD", **fields: Any
) -> dict[str, Any]:
    """A machine with one distributed Map."""
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
        "StartAt": start,
        "States": states or {"One": PASS},
    }
    state = {"Type": "Map", "ItemProcessor": processor, "End": True, **fields}
    return {"QueryLanguage": "JSONata", "StartAt": "Each", "States": {"Each": state}}


def run(definition: dict[str, Any], input: Any = None, **options: Any) -> RunResult:
    return run_machine(definition, {} if input is None else input, clock=VirtualClock(1_900_000_000.0), **options)


def failing(**fields: Any) -> dict[str, Any]:
    """A machine whose children fail for items above 2."""
    states = {
        "One": FAILS_ABOVE_2,
        "No": {"Type": "Fail", "Error": "TooLarge", "Cause": "{% $string($states.input.n) %}"},
        "Yes": {"Type": "Succeed", "Output": "{% $states.input.n %}"},
    }
    return distributed(states=states, Items="{% $states.input %}", **fields)


def numbers(*values: int) -> list[dict[str, int]]:
    return [{"n": value} for value in values]


def test_every_item_is_an_execution_with_a_context_and_variables_of_its_own() -> None:
    shown = {
        "id": "{% $states.context.Execution.Id %}",
        "machine": "{% $states.context.StateMachine.Id %}",
        "input": "{% $states.context.Execution.Input %}",
        "outer": "{% $exists($outer) %}",
    }
    definition = distributed(states={"One": {**PASS, "Output": shown}}, Items=[1, 2], Label="each")
    definition["StartAt"] = "Before"
    definition["States"]["Before"] = {"Type": "Pass", "Assign": {"outer": 1}, "Next": "Each"}
    result = Machine(definition, name="Sum").run({}, clock=VirtualClock(1_900_000_000.0))
    one, two = result.output  # type: ignore[misc]
    prefix = "arn:aws:states:us-east-1:123456789012"
    assert one["machine"] == f"{prefix}:stateMachine:Sum/each"
    assert one["id"].startswith(f"{prefix}:execution:Sum/each:")
    assert one["id"] != two["id"]
    assert (one["input"], two["input"], one["outer"]) == (1, 2, False)
    assert [child.arn for child in result.children] == [one["id"], two["id"]]
    assert [child.transitions for child in result.children] == [1, 1]
    assert result.transitions == 2
    started = next(event for event in result.history if event["type"] == "MapRunStarted")
    assert started["mapRunStartedEventDetails"]["mapRunArn"].startswith(f"{prefix}:mapRun:Sum/each:")  # type: ignore[index]
    assert len(result.history) == 10


def test_an_object_has_keys_and_the_selector_sees_where_items_come_from() -> None:
    assert run(distributed(Items="{% $states.input %}"), {"a": 1}).output == [{"Key": "a", "Value": 1}]
    selector = {
        "key": "{% $states.context.Map.Item.Key %}",
        "value": "{% $states.context.Map.Item.Value %}",
        "index": "{% $states.context.Map.Item.Index %}",
        "source": "{% $states.context.Map.Item.Source %}",
        "all": "{% $states.input %}",
    }
    result = run(distributed(Items="{% $states.input %}", ItemSelector=selector), {"a": 1, "b": 2})
    assert result.output == [
        {"key": "a", "value": 1, "index": 0, "source": "STATE_DATA", "all": {"a": 1, "b": 2}},
        {"key": "b", "value": 2, "index": 1, "source": "STATE_DATA", "all": {"a": 1, "b": 2}},
    ]


def test_no_items_no_children() -> None:
    result = run(distributed(Items=[]))
    assert (result.output, result.children) == ([], [])


def test_only_so_many_children_run_at_once() -> None:
    wait = {"Type": "Wait", "Seconds": 10, "End": True}
    result = run(distributed(states={"One": wait}, Items=[1, 2, 3, 4, 5], MaxConcurrency=2))
    assert result.output == [1, 2, 3, 4, 5]
    assert result.duration_s == 30
    assert run(distributed(states={"One": wait}, Items=[1, 2, 3, 4, 5])).duration_s == 10


# Tolerance


@pytest.mark.parametrize(
    ("fields", "items", "succeeds"),
    [
        ({}, (1, 3), False),
        ({"ToleratedFailureCount": 0}, (1, 3), False),
        ({"ToleratedFailureCount": 1}, (1, 3), True),
        ({"ToleratedFailureCount": 1}, (1, 3, 4), False),
        ({"ToleratedFailurePercentage": 50}, (1, 3), True),
        ({"ToleratedFailurePercentage": 49}, (1, 3), False),
        ({"ToleratedFailurePercentage": 0}, (1, 3), False),
        ({"ToleratedFailureCount": 0, "ToleratedFailurePercentage": 50}, (1, 3), True),
        ({"ToleratedFailureCount": 5, "ToleratedFailurePercentage": 10}, (1, 3), False),
        ({"ToleratedFailureCount": "{% $count($states.input) - 1 %}"}, (3, 4, 1), True),
    ],
)
def test_a_number_or_a_share_of_items_may_fail(fields: dict[str, Any], items: tuple[int, ...], succeeds: bool) -> None:
    result = run(failing(**fields), numbers(*items))
    if succeeds:
        failed = [{"Status": "FAILED", "Error": "TooLarge", "Cause": str(n)} for n in items if n > 2]
        assert [value for value in result.output if isinstance(value, dict)] == failed  # type: ignore[attr-defined]
    else:
        assert result.error == "States.ExceedToleratedFailureThreshold"
        assert result.cause == "The specified tolerated failure threshold was exceeded"


def test_a_failed_map_stops_its_children_and_can_be_caught_and_retried() -> None:
    states = {
        "One": {**FAILS_ABOVE_2, "Default": "Long"},
        "No": {"Type": "Fail", "Error": "TooLarge"},
        "Long": {"Type": "Wait", "Seconds": 1000, "End": True},
    }
    definition = distributed(
        states=states,
        Items="{% $states.input %}",
        Retry=[{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "MaxAttempts": 1}],
        Catch=[{"ErrorEquals": ["States.TaskFailed"], "Output": "{% $states.errorOutput.Error %}", "Next": "Caught"}],
    )
    definition["States"]["Caught"] = {"Type": "Succeed"}
    result = run(definition, numbers(1, 3))
    assert result.output == "States.ExceedToleratedFailureThreshold"
    assert [child.status for child in result.children] == ["ABORTED", "FAILED"] * 2
    assert result.duration_s < 1000
    types = [event["type"] for event in result.history]
    assert types.count("MapRunFailed") == 2
    assert types.count("MapStateFailed") == 1


def test_a_parent_that_ends_ends_its_children() -> None:
    definition = distributed(states={"One": {"Type": "Wait", "Seconds": 1000, "End": True}}, Items=[1])
    definition["TimeoutSeconds"] = 5
    result = run(definition)
    assert result.status == "TIMED_OUT"
    assert [child.status for child in result.children] == ["ABORTED"]


def test_express_children_last_five_minutes() -> None:
    wait = {"Type": "Wait", "Seconds": 301, "End": True}
    definition = distributed(states={"One": wait}, Items=[1], execution_type="EXPRESS", ToleratedFailureCount=1)
    result = run(definition)
    assert result.output == [{"Status": "TIMED_OUT"}]
    assert [(child.type, child.status) for child in result.children] == [("EXPRESS", "TIMED_OUT")]


def test_tasks_of_children_call_functions() -> None:
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": "double", "Payload": "{% $states.input %}"},
        "Output": "{% $states.result.Payload %}",
        "End": True,
    }
    functions = LambdaService(Functions(double=lambda n: n * 2), blocking=False)
    result = run(distributed(states={"One": task}, Items=[1, 2]), tasks=functions)
    assert result.output == [2, 4]
    assert result.lambda_invocations == 0
    assert [child.lambda_invocations for child in result.children] == [1, 1]


# Batches


def test_items_come_in_batches_with_what_all_get() -> None:
    batcher = {"MaxItemsPerBatch": "{% $states.input.size %}", "BatchInput": {"for": "{% $states.input.name %}"}}
    definition = distributed(Items="{% $states.input.items %}", ItemBatcher=batcher)
    result = run(definition, {"items": [1, 2, 3, 4, 5], "size": 2, "name": "x"})
    assert result.output == [{"BatchInput": {"for": "x"}, "Items": part} for part in ([1, 2], [3, 4], [5])]


def test_a_batch_has_at_most_so_many_bytes() -> None:
    batcher = {"MaxInputBytesPerBatch": len('{"Items":["aaaa","bbbb"]}')}
    result = run(distributed(Items=["aaaa", "bbbb", "cccc"], ItemBatcher=batcher))
    assert result.output == [{"Items": ["aaaa", "bbbb"]}, {"Items": ["cccc"]}]


def test_a_failed_batch_counts_each_of_its_items() -> None:
    fails = {"One": {"Type": "Fail", "Error": "No"}}
    batcher = {"MaxItemsPerBatch": 3}
    definition = distributed(states=fails, Items=[1, 2, 3], ItemBatcher=batcher, ToleratedFailureCount=2)
    assert run(definition).error == "States.ExceedToleratedFailureThreshold"
    definition["States"]["Each"]["ToleratedFailureCount"] = 3
    assert run(definition).output == [{"Status": "FAILED", "Error": "No"}]


# Datasets


def objects(**contents: bytes) -> MemoryObjects:
    return MemoryObjects({"data": {key.replace("__", "/"): content for key, content in contents.items()}})


def read(store: MemoryObjects, resource: str = GET, *, key: str | None = "x", **config: Any) -> RunResult:
    arguments = {"Bucket": "data"} if key is None else {"Bucket": "data", "Key" if resource == GET else "Prefix": key}
    reader = {"Resource": resource, "Arguments": arguments, **({"ReaderConfig": config} if config else {})}
    return run(distributed(ItemReader=reader), objects=store)


def test_csv_with_other_delimiters_quotes_and_compression() -> None:
    text = 'a;b\r\n"1;2";"say ""x"""\r\n3;\n'
    expected = [{"a": "1;2", "b": 'say "x"'}, {"a": "3", "b": ""}]
    options = {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW", "CSVDelimiter": "SEMICOLON"}
    assert read(objects(x=text.encode()), **options).output == expected
    assert read(objects(x=gzip.compress(text.encode("utf-8-sig"))), **options).output == expected


def test_json_lines() -> None:
    assert read(objects(x=b'{"a":1}\n\n[2]\n'), InputType="JSONL").output == [{"a": 1}, [2]]
    failed = read(objects(x=b"1\nx\n"), InputType="JSONL")
    assert (failed.error, failed.cause) == (
        "States.ItemReaderFailed",
        "Line 2 of the JSONL file cannot be parsed: Expecting value: line 1 column 1 (char 0)",
    )


@pytest.mark.parametrize(
    ("pointer", "output"),
    [("/a/0", [1, 2]), ("/a~1b/~0", [{"Key": "k", "Value": 3}])],
)
def test_a_pointer_leads_to_an_array_or_object(pointer: str, output: list[Any]) -> None:
    store = objects(x=json.dumps({"a": [[1, 2]], "a/b": {"~": {"k": 3}}}).encode())
    assert read(store, InputType="JSON", ItemsPointer=pointer).output == output


@pytest.mark.parametrize("pointer", ["/b", "/a/7", "/a/x", "/a/0/0/0"])
def test_a_pointer_that_leads_nowhere(pointer: str) -> None:
    failed = read(objects(x=b'{"a": [[1]]}'), InputType="JSON", ItemsPointer=pointer)
    assert failed.error == "States.ItemReaderFailed"


def test_an_inventory_names_its_files() -> None:
    manifest = {"fileSchema": "Bucket, Key, Size", "files": [{"key": "p/1.csv.gz"}, {"key": "p/2.csv"}]}
    store = objects(x=json.dumps(manifest).encode(), p__1=b"", **{"p__1.csv.gz": gzip.compress(b'"b","k1","5"\n')})
    store.contents["data"]["p/2.csv"] = b'"b","k2","6"\n'
    expected = [{"Bucket": "b", "Key": "k1", "Size": "5"}, {"Bucket": "b", "Key": "k2", "Size": "6"}]
    assert read(store, InputType="MANIFEST").output == expected
    assert read(store, ManifestType="S3_INVENTORY", MaxItems=1).output == expected[:1]


def test_a_listing_has_a_prefix() -> None:
    result = read(objects(a__1=b"x", a__2=b"yy", b=b""), LIST, key="a/")
    assert result.output == [
        {"Etag": '"e"', "Key": key, "LastModified": 1893456000, "Size": size, "StorageClass": "STANDARD"}
        for key, size in (("a/1", 1), ("a/2", 2))
    ]
    assert len(read(objects(a=b"x", b=b""), LIST, key=None).output) == 2  # type: ignore[arg-type]


def test_what_is_missing_can_be_caught() -> None:
    definition = distributed(
        ItemReader={
            "Resource": GET,
            "Arguments": {"Bucket": "data", "Key": "y"},
            "ReaderConfig": {"InputType": "JSON"},
        },
        Catch=[{"ErrorEquals": ["States.ItemReaderFailed"], "Output": "none", "Next": "Caught"}],
    )
    definition["States"]["Caught"] = {"Type": "Succeed"}
    assert run(definition, objects=objects()).output == "none"


def test_a_limit_that_is_no_whole_number() -> None:
    assert read(objects(x=b"[]"), InputType="JSON", MaxItems="{% 1.5 %}").error == "States.QueryEvaluationError"


# Results


def test_results_are_written_to_s3() -> None:
    store = MemoryObjects({"out": {}})
    writer = {"Resource": PUT, "Arguments": {"Bucket": "out", "Prefix": "p/q"}}
    result = run(failing(ResultWriter=writer, ToleratedFailureCount=1, Label="l"), numbers(1, 3), objects=store)
    output: Any = result.output
    key = output["ResultWriterDetails"]["Key"]
    number = output["MapRunArn"].rpartition(":")[2]
    assert output["ResultWriterDetails"]["Bucket"] == "out"
    assert key == f"p/q/{number}/manifest.json"
    manifest = json.loads(store.contents["out"][key])
    assert manifest["MapRunArn"] == output["MapRunArn"]
    (succeeded,), (failed,) = manifest["ResultFiles"]["SUCCEEDED"], manifest["ResultFiles"]["FAILED"]
    assert manifest["ResultFiles"]["PENDING"] == []
    (entry,) = json.loads(store.contents["out"][succeeded["Key"]])
    assert succeeded["Size"] == len(store.contents["out"][succeeded["Key"]])
    assert (entry["Status"], entry["Input"], entry["Output"]) == ("SUCCEEDED", '{"n":1}', "1")
    (entry,) = json.loads(store.contents["out"][failed["Key"]])
    assert (entry["Status"], entry["Error"], entry["Cause"]) == ("FAILED", "TooLarge", "3")


@pytest.mark.parametrize(
    ("transformation", "output"), [("COMPACT", [[1], [2, 3]]), ("FLATTEN", [1, 2, 3]), ("NONE", ["[1]", "[2,3]"])]
)
def test_results_in_another_form(transformation: str, output: list[Any]) -> None:
    writer = {"WriterConfig": {"Transformation": transformation}}
    result: Any = run(distributed(Items=[[1], [2, 3]], ResultWriter=writer)).output
    assert ([entry["Output"] for entry in result] if transformation == "NONE" else result) == output


def test_lines_in_s3() -> None:
    store = MemoryObjects({"out": {}})
    config = {"Transformation": "FLATTEN", "OutputType": "JSONL"}
    writer = {"Resource": PUT, "Arguments": {"Bucket": "out", "Prefix": "p"}, "WriterConfig": config}
    run(distributed(Items=[[1], [2, 3]], ResultWriter=writer), objects=store)
    (key,) = [key for key in store.contents["out"] if key.endswith("SUCCEEDED_0.jsonl")]
    assert store.contents["out"][key] == b"1\n2\n3\n"


def test_a_bucket_that_is_not_there() -> None:
    writer = {"Resource": PUT, "Arguments": {"Bucket": "out", "Prefix": "p"}}
    assert (
        run(distributed(Items=[1], ResultWriter=writer), objects=MemoryObjects()).error == "States.ResultWriterFailed"
    )


def test_a_result_that_is_too_big() -> None:
    result = run(distributed(Items=["x" * 200_000, "y" * 200_000]))
    assert result.error == "States.DataLimitExceeded"


def test_objects_of_boto3() -> None:
    import boto3
    from moto import mock_aws

    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="data")
        store = BotoObjects(client)
        store.put("data", "a/x", b"[1, 2]")
        assert read(store, InputType="JSON", key="a/x").output == [1, 2]  # type: ignore[arg-type]
        listed: Any = read(store, LIST, key="a/").output  # type: ignore[arg-type]
        assert [(entry["Key"], entry["Size"]) for entry in listed] == [("a/x", 6)]
        assert read(store, InputType="JSON", key="none").error == "States.ItemReaderFailed"  # type: ignore[arg-type]
