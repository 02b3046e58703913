"""Deletes old versions of the functions whose names begin with a prefix; keeps the newest three of each."""

import boto3

from pysfnc import workflow

lambda_ = boto3.client("lambda")
KEEP = 3


@workflow
def clean_up(prefix: str) -> dict[str, list[str]]:
    deleted: dict[str, list[str]] = {}
    for page in lambda_.get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            name = function["FunctionName"]
            if not name.startswith(prefix):
                continue
            versions = lambda_.list_versions_by_function(FunctionName=name)["Versions"]
            numbers = sorted(int(v["Version"]) for v in versions if v["Version"] != "$LATEST")
            old = numbers[:-KEEP]
            for number in old:
                lambda_.delete_function(FunctionName=name, Qualifier=str(number))
            if old:
                deleted[name] = [str(number) for number in old]
    return deleted
