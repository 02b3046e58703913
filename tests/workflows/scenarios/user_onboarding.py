from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"CUSTOMERS_TABLE": "customers"}
ANSWERS = {
    "dynamodb.PutItem": [{}],
    "dynamodb.GetItem": [{"Item": {"email": {"S": "a@b.example"}, "name": {"S": "Ann"}, "score": {"N": "697"}}}],
    "sesv2.SendEmail": [{"MessageId": "1"}],
}


def customer(**changes: object) -> dict:
    return {"customer": {"name": "Ann", "email": "a@b.example", "age": 30, **changes}}


SCENARIOS = [
    Scenario("welcomed", customer(), {"status": "welcomed", "score": 697}, ANSWERS, environ=ENVIRON),
    Scenario("known", customer(email="x@known.example"), {"status": "known", "score": 697}, ANSWERS, environ=ENVIRON),
    Scenario("too young", customer(age=12, country="de"), Failure("Refused", "Ann is 12"), environ=ENVIRON),
]
