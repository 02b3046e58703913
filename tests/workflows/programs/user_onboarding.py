"""Signs a customer up: several checks at the same time, a record in a table of plain values, a welcome later."""

import asyncio
import os
from dataclasses import dataclass
from decimal import Decimal

import boto3

from pysfnc import task, workflow

customers = boto3.resource("dynamodb").Table(os.environ["CUSTOMERS_TABLE"])
ses = boto3.client("sesv2")
SENDER = os.environ.get("SENDER", "hello@example.com")


@dataclass
class Customer:
    name: str
    email: str
    age: int
    country: str = "nl"


class Refused(Exception):
    pass


@task
def credit_score(customer: Customer) -> int:
    return 700 - len(customer.name)


@task
def is_known(email: str) -> bool:
    return email.endswith("@known.example")


@workflow
async def onboard(customer: Customer, trial_days: int = 14) -> dict:
    if customer.age < 18:
        raise Refused(f"{customer.name} is {customer.age}")
    score, known = await asyncio.gather(
        asyncio.to_thread(credit_score, customer), asyncio.to_thread(is_known, customer.email)
    )
    if known:
        return {"status": "known", "score": score}
    customers.put_item(
        Item={"email": customer.email, "name": customer.name, "score": score, "limit": Decimal("99.50"), "trial": True}
    )
    await asyncio.sleep(trial_days * 86400)
    row = customers.get_item(Key={"email": customer.email})["Item"]
    ses.send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [customer.email]},
        Content={
            "Simple": {
                "Subject": {"Data": f"{row['name']}, how was your trial?"},
                "Body": {"Text": {"Data": f"It lasted {trial_days} days."}},
            }
        },
    )
    return {"status": "welcomed", "score": score}
