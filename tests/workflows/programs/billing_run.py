"""A billing run: invoices of all customers in pages, Decimal totals by currency, invoices that are due are charged by Lambda."""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

import boto3
from boto3.dynamodb.conditions import Attr, Key

from pysfnc import workflow

dynamodb = boto3.resource("dynamodb")
invoices = dynamodb.Table(os.environ.get("INVOICES", "invoices"))
lambda_ = boto3.client("lambda")
sqs = boto3.client("sqs")
VAT = {"DE": Decimal("0.19"), "FR": Decimal("0.20"), "US": Decimal(0)}


class Line(NamedTuple):
    sku: str
    qty: int
    price: Decimal

    @property
    def total(self) -> Decimal:
        return self.qty * self.price


class BillingError(RuntimeError):
    pass


@dataclass
class Invoice:
    number: str
    country: str
    lines: list[Line]
    discount: Decimal = Decimal(0)

    @property
    def net(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal("0.00")) * (1 - self.discount / 100)

    @property
    def gross(self) -> Decimal:
        rate = VAT.get(self.country)
        if rate is None:
            raise BillingError(f"no VAT for {self.country}")
        return (self.net * (1 + rate)).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def pages(customer: str) -> Iterator[dict]:
    start = None
    while True:
        extra = {"ExclusiveStartKey": start} if start else {}
        answer = invoices.query(
            KeyConditionExpression=Key("customer").eq(customer),
            FilterExpression=Attr("paid").ne(True),
            Limit=2,
            **extra,
        )
        yield from answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if start is None:
            return


def parse(item: dict) -> Invoice:
    lines = [Line(line["sku"], int(line.get("qty", 1)), line["price"]) for line in item["lines"]]
    return Invoice(item["number"], item.get("country", "DE"), lines, item.get("discount", Decimal(0)))


def charge(invoice: Invoice) -> str:
    answer = lambda_.invoke(
        FunctionName="charge", Payload=json.dumps({"number": invoice.number, "amount": str(invoice.gross)})
    )
    if answer.get("FunctionError"):
        return "failed"
    return json.loads(answer["Payload"].read())["status"]


@workflow
def bill(customers: list[str], minimum: str = "1.00") -> dict:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    outcome: Counter[str] = Counter()
    rejected: list[dict] = []
    for customer in customers:
        for item in pages(customer):
            invoice = parse(item)
            try:
                gross = invoice.gross
            except BillingError as e:
                rejected.append({"number": invoice.number, "why": str(e)})
                continue
            if gross < Decimal(minimum):
                outcome["skipped"] += 1
                continue
            status = charge(invoice)
            outcome[status] += 1
            if status == "paid":
                totals[invoice.country] += gross
                invoices.update_item(
                    Key={"customer": customer, "number": invoice.number},
                    UpdateExpression="SET paid = :t, gross = :g",
                    ExpressionAttributeValues={":t": True, ":g": gross},
                )
    shown = {currency: f"{total:,.2f}" for currency, total in sorted(totals.items())}
    total = sum(totals.values(), Decimal(0))
    return {"totals": shown, "outcome": dict(outcome), "rejected": rejected, "sum": str(total)}
