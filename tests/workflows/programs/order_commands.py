"""Commands and queries of orders that come over an event bus: commands are written to a table, queries are answered by Lambda."""

import json
import os

import boto3

from pysfnc import Fail, task, workflow

dynamodb = boto3.client("dynamodb")
events = boto3.client("events")
TABLE = os.environ["ORDERS_TABLE"]
BUS = os.environ.get("EVENT_BUS", "default")


@task
def sales_report(query: dict) -> dict:
    return {"rows": [{"item": query.get("itemid", "all"), "sold": 3}]}


def answer(kind: str, detail: dict) -> None:
    events.put_events(
        Entries=[{"Source": "orderPipeline", "DetailType": kind, "EventBusName": BUS, "Detail": json.dumps(detail)}]
    )


@workflow
def route(event: dict, /) -> str:
    detail = event["detail"]
    kind = event["detail-type"]
    if kind == "orderCommand":
        items = [
            {"M": {"itemid": {"S": item["itemid"]}, "quantity": {"N": str(item["quantity"])}}}
            for item in detail["items"]
        ]
        dynamodb.put_item(
            TableName=TABLE,
            Item={
                "orderid": {"S": detail["orderId"]},
                "items": {"L": items},
                "status": {"S": detail["command"]},
                "lastUpdateDate": {"S": event["time"]},
            },
        )
        answer("orderCommandResponse", {"orderid": detail["orderId"], "commandStatus": "orderCreated"})
        return "command"
    if kind == "orderQuery":
        if detail["query"] not in ("itemsSalesReport", "monthlySalesByItem"):
            raise Fail("UnknownQuery", str(detail["query"]))
        report = sales_report(detail)
        answer("orderQueryResponse", {"query": detail["query"], "queryMessageId": event["id"], "queryResult": report})
        return "query"
    raise Fail("UnknownEvent", f"no route for {kind}")
