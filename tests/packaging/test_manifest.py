"""Deployed functions and the manifest."""

import json
from pathlib import Path

import pytest

from pysfnc.packaging import (
    BuiltZip,
    FunctionSpec,
    PackagingFailed,
    Target,
    deployed_functions,
    function_id,
    placeholders,
)
from pysfnc.packaging.manifest import Manifest, Parameter, Position, Statement, WorkflowEntry, write_manifest


def test_one_function_is_deployed_for_all_tasks() -> None:
    specs = [
        FunctionSpec("b", "app", "b", timeout_s=30, environment=("Y", "X")),
        FunctionSpec("a", "app", "a", timeout_s=60),
    ]
    (deployed,) = deployed_functions(specs, "analyse_text")
    assert deployed.placeholder == "AnalyseTextFunctionArn"
    assert deployed.registered == ("a", "b")
    assert (deployed.memory_mb, deployed.timeout_s, deployed.environment) == (256, 70, ("X", "Y"))
    assert placeholders([deployed]) == {"a": deployed.placeholder, "b": deployed.placeholder}


def test_a_task_without_timeout_gets_all_that_lambda_gives() -> None:
    specs = [FunctionSpec("a", "app", "a"), FunctionSpec("b", "app", "b", timeout_s=5)]
    assert deployed_functions(specs, "app")[0].timeout_s == 900
    assert deployed_functions([FunctionSpec("a", "app", "a", timeout_s=895)], "app")[0].timeout_s == 900
    assert deployed_functions([], "app") == ()


def test_functions_part_where_aws_has_no_other_place_for_their_options() -> None:
    specs = [
        FunctionSpec("a", "app", "a"),
        FunctionSpec("b", "app", "b", memory_mb=1024),
        FunctionSpec("c", "app", "c", memory_mb=1024, environment=("X",)),
        FunctionSpec("d", "app", "d", role="arn:aws:iam::123456789012:role/pay-er"),
        FunctionSpec("e", "app", "e", deployed_name="billing-charge"),
        FunctionSpec("f", "app", "f", memory_mb=256),
    ]
    deployed = deployed_functions(specs, "app")
    assert {function.placeholder: function.registered for function in deployed} == {
        "AppFunctionArn": ("a", "f"),
        "AppMemory1024FunctionArn": ("b", "c"),
        "AppRolePayErFunctionArn": ("d",),
        "BillingChargeFunctionArn": ("e",),
    }
    assert {function.environment for function in deployed} == {("X",)}
    assert deployed[0].placeholder == "AppFunctionArn"


def test_placeholders_are_unique_and_alphanumeric() -> None:
    specs = [
        FunctionSpec("a", "m", "a", role="x-y"),
        FunctionSpec("b", "m", "b", role="x_y"),
        FunctionSpec("c", "m", "c"),
    ]
    names = [function.placeholder for function in deployed_functions(specs, "2 odd näme!")]
    assert len(set(names)) == 3
    assert all(name.isascii() and name.isalnum() and name[0].isalpha() for name in names)


def test_one_name_cannot_have_two_settings() -> None:
    specs = [
        FunctionSpec("a", "m", "a", deployed_name="x"),
        FunctionSpec("b", "m", "b", deployed_name="x", memory_mb=512),
    ]
    with pytest.raises(PackagingFailed, match="functions named 'x' ask for different memory or roles"):
        deployed_functions(specs, "m")


def test_ids_are_short_for_the_entry_module() -> None:
    assert function_id("app", "charge", "app") == "charge"
    assert function_id("lib.pay", "charge", "app") == "lib.pay.charge"


def test_the_manifest_has_the_documented_form(tmp_path: Path) -> None:
    functions = deployed_functions(
        [FunctionSpec("charge", "app", "charge", timeout_s=20, environment=("TABLE",))], "app"
    )
    table = Parameter("TABLE", "orders")
    workflow = WorkflowEntry(
        name="fulfil",
        definition="fulfil.asl.json",
        type="STANDARD",
        states=2,
        definition_bytes=345,
        parameters=(table, Parameter("REGION")),
        functions=("AppFunctionArn",),
        source_map={"charge": Position("app.py", 12, 5, 12, 18)},
        statements=(Statement(("dynamodb:GetItem",), ("*",)),),
    )
    built = BuiltZip(tmp_path / "app.zip", 10, 20, "hash=")
    write_manifest(
        Manifest((workflow,), functions, (table,), built, Target("3.12", "x86_64")), tmp_path / "manifest.json"
    )
    assert json.loads((tmp_path / "manifest.json").read_text()) == {
        "version": 1,
        "workflows": {
            "fulfil": {
                "definition": "fulfil.asl.json",
                "type": "STANDARD",
                "comment": None,
                "states": 2,
                "bytes": 345,
                "parameters": {"TABLE": {"default": "orders"}, "REGION": {}},
                "functions": ["AppFunctionArn"],
                "state_machines": {},
                "iam": [
                    {
                        "actions": ["lambda:InvokeFunction"],
                        "resources": ["${AppFunctionArn}", "${AppFunctionArn}:*"],
                    },
                    {"actions": ["dynamodb:GetItem"], "resources": ["*"]},
                ],
                "source_map": {"charge": {"file": "app.py", "line": 12, "column": 5, "end_line": 12, "end_column": 18}},
            }
        },
        "functions": {
            "AppFunctionArn": {
                "zip": "app.zip",
                "code_sha256": "hash=",
                "handler": "pysfnc_handler.handler",
                "runtime": "python3.12",
                "architecture": "x86_64",
                "timeout": 30,
                "memory": 256,
                "environment": {"TABLE": "${TABLE}"},
                "parameters": {"TABLE": {"default": "orders"}},
                "name": None,
                "role": None,
                "registered": ["charge"],
            }
        },
    }


def test_a_build_without_lambda_has_no_functions(tmp_path: Path) -> None:
    write_manifest(Manifest((WorkflowEntry("w", "w.asl.json", "EXPRESS", 1, 9),)), tmp_path / "new" / "manifest.json")
    document = json.loads((tmp_path / "new" / "manifest.json").read_text())
    assert document["functions"] == {}
    assert document["workflows"]["w"]["iam"] == []


def test_a_manifest_that_cannot_be_written_is_a_clean_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PackagingFailed, match="cannot write"):
        write_manifest(Manifest(()), tmp_path / "file" / "manifest.json")
