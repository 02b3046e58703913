"""Renews a subscription: charge, retry declined cards with backoff, then dunning."""

import json
import time
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import boto3

from pysfnc import task, workflow

ses = boto3.client("sesv2")
scheduler = boto3.client("scheduler")
dynamodb = boto3.client("dynamodb")
SENDER = "billing@example.com"
TARGET = {
    "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:renew",
    "RoleArn": "arn:aws:iam::123456789012:role/renew",
}
MAX_ATTEMPTS = 3


class Money(NamedTuple):
    cents: int
    currency: str = "EUR"

    def __str__(self) -> str:
        return f"{self.cents / 100:,.2f} {self.currency}"


@dataclass(frozen=True)
class Charged:
    reference: str
    amount: Money


@dataclass(frozen=True)
class Declined:
    code: str
    retryable: bool = False


@dataclass(frozen=True)
class Suspended:
    until: date


class CardError(Exception):
    def __init__(self, code: str, message: str = "declined") -> None:
        super().__init__(code, message)
        self.code = code


@task
def charge_card(customer: str, cents: int, attempt: int) -> str:
    if customer.startswith("poor"):
        raise CardError("insufficient_funds", "no money")
    if customer.startswith("slow") or (customer.startswith("late") and attempt < 2):
        raise CardError("try_later")
    if customer.startswith("stolen"):
        raise CardError("stolen_card")
    return f"ch_{customer}_{cents}"


def try_charge(customer: str, price: Money) -> Charged | Declined | Suspended:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            reference = charge_card(customer, price.cents, attempt)
        except CardError as e:
            if e.code == "stolen_card":
                return Suspended(date(2030, 1, 1) + timedelta(days=30))
            if attempt == MAX_ATTEMPTS or e.code not in ("try_later", "insufficient_funds"):
                return Declined(e.code, retryable=e.code == "try_later")
            time.sleep(2 ** (attempt - 1))
        else:
            return Charged(reference, price)
    raise AssertionError("unreachable")


def describe(outcome: Charged | Declined | Suspended) -> str:
    match outcome:
        case Charged(reference=ref, amount=Money(cents=c)) if c > 10_000:
            return f"large payment {ref}"
        case Charged(ref, amount):
            return f"paid {amount} as {ref}"
        case Declined(code, retryable=True):
            return f"declined for now: {code}"
        case Declined(code):
            return f"declined: {code}"
        case Suspended(until=day):
            return f"suspended until {day:%d.%m.%Y}"


@workflow
def renew(customer: str, email: str, cents: int, currency: str = "EUR") -> dict:
    price = Money(cents, currency)
    outcome = try_charge(customer, price)
    text = describe(outcome)
    if isinstance(outcome, Charged):
        until = date(2030, 1, 1) + timedelta(days=365)
        dynamodb.update_item(
            TableName="subscriptions",
            Key={"pk": {"S": customer}},
            UpdateExpression="SET paid_until = :d ADD renewals :one",
            ExpressionAttributeValues={":d": {"S": until.isoformat()}, ":one": {"N": "1"}},
        )
    elif isinstance(outcome, Declined) and outcome.retryable:
        again = json.dumps({"customer": customer, "email": email, "cents": cents})
        scheduler.create_schedule(
            Name=f"retry-{customer}",
            ScheduleExpression="at(2030-01-03T09:00:00)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={**TARGET, "Input": again},
        )
    body = {"Text": {"Data": f"Dear {customer},\n{text.capitalize()}."}}
    content = {"Subject": {"Data": f"Your subscription: {text}"}, "Body": body}
    ses.send_email(FromEmailAddress=SENDER, Destination={"ToAddresses": [email]}, Content={"Simple": content})
    return {"text": text, "retry": isinstance(outcome, Declined) and outcome.retryable}
