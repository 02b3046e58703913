"""Books a flight and a car and takes the money; takes everything back when a step fails."""

import os

import boto3

from pysfnc import Fail, Retry, task, workflow

sns = boto3.client("sns")
TOPIC = os.environ["TOPIC"]


class Unavailable(Exception):
    pass


class Declined(Exception):
    pass


@task(retry=Retry(on=(ConnectionError,), interval=1, max_attempts=2))
def reserve_flight(trip: dict) -> str:
    if trip["flight"] == "full":
        raise Unavailable("no seat is left")
    return f"flight-{trip['id']}"


@task
def reserve_car(trip: dict) -> str:
    if trip["car"] == "none":
        raise Unavailable("no car is left")
    return f"car-{trip['id']}"


@task
def pay(trip: dict) -> str:
    if trip["card"].startswith("5"):
        raise Declined(f"card {trip['card']} was declined")
    return f"payment-{trip['id']}"


@task
def confirm(flight: str, car: str) -> str:
    return f"{flight}+{car}"


@task
def cancel(reservation: str) -> None:
    pass


@workflow
def book(trip: dict) -> dict:
    undo = []
    try:
        flight = reserve_flight(trip)
        undo.append(flight)
        car = reserve_car(trip)
        undo.append(car)
        payment = pay(trip)
        undo.append(payment)
        code = confirm(flight, car)
    except (Unavailable, Declined) as error:
        for reservation in reversed(undo):
            cancel(reservation)
        sns.publish(TopicArn=TOPIC, Message=f"Your travel reservation failed: {error}")
        raise Fail("ReservationFailed", str(error)) from error
    sns.publish(TopicArn=TOPIC, Message="Your travel reservation is successful")
    return {"code": code, "payment": payment}
