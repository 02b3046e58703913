from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"TOPIC": "arn:aws:sns:us-east-1:123456789012:travel"}
SNS = {"sns.Publish": [{"MessageId": "1"}]}


def trip(**changes: str) -> dict:
    return {"trip": {"id": "t1", "flight": "ok", "car": "ok", "card": "4242", **changes}}


SCENARIOS = [
    Scenario("booked", trip(), {"code": "flight-t1+car-t1", "payment": "payment-t1"}, SNS, environ=ENVIRON),
    Scenario("no seat", trip(flight="full"), Failure("ReservationFailed", "no seat is left"), SNS, environ=ENVIRON),
    Scenario("no car", trip(car="none"), Failure("ReservationFailed", "no car is left"), SNS, environ=ENVIRON),
    Scenario(
        "declined", trip(card="5555"), Failure("ReservationFailed", "card 5555 was declined"), SNS, environ=ENVIRON
    ),
]
