from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"QUOTES_TABLE": "quotes"}
PUT = {"dynamodb.PutItem": [{}]}


def request(*providers: str) -> dict:
    return {"request_id": "r1", "request": "tea", "providers": list(providers)}


SCENARIOS = [
    Scenario("all", request("ann", "bo"), {"provider": "bo", "price": 6.0}, PUT, environ=ENVIRON),
    Scenario("one is slow", request("slow", "ann"), {"provider": "ann", "price": 9.0}, PUT, environ=ENVIRON),
    Scenario("none", request("slow"), Failure("NoQuote", "none of 1 providers answered"), environ=ENVIRON),
    Scenario("nobody", request(), Failure("NoQuote", "none of 0 providers answered"), environ=ENVIRON),
]
