from tests.workflows.scenario import AwsError, Failure, Scenario

FINE = {
    "dynamodb.UpdateItem": [{}],
    "sesv2.SendEmail": [{"MessageId": "m"}],
    "scheduler.CreateSchedule": [{"ScheduleArn": "a"}],
}


def renewal(customer, cents):
    return {"customer": customer, "email": "x@example.com", "cents": cents}


SCENARIOS = [
    Scenario("paid", renewal("ann", 1234), {"text": "paid 12.34 EUR as ch_ann_1234", "retry": False}, FINE),
    Scenario("large", renewal("ann", 2000000), {"text": "large payment ch_ann_2000000", "retry": False}, FINE),
    Scenario("in the second try", renewal("late", 999), {"text": "paid 9.99 EUR as ch_late_999", "retry": False}, FINE),
    Scenario("never", renewal("poor", 999), {"text": "declined: insufficient_funds", "retry": False}, FINE),
    Scenario("later", renewal("slow", 999), {"text": "declined for now: try_later", "retry": True}, FINE),
    Scenario("stolen", renewal("stolen", 999), {"text": "suspended until 31.01.2030", "retry": False}, FINE),
    Scenario("nothing to pay", renewal("ann", 0), {"text": "paid 0.00 EUR as ch_ann_0", "retry": False}, FINE),
    Scenario(
        "no table",
        renewal("ann", 5),
        Failure("ResourceNotFoundException"),
        FINE | {"dynamodb.UpdateItem": [AwsError("ResourceNotFoundException", "no table")]},
    ),
    Scenario(
        "no mail",
        renewal("ann", 5),
        Failure("MessageRejected"),
        FINE | {"sesv2.SendEmail": [AwsError("MessageRejected", "no")]},
    ),
    Scenario(
        "no price", renewal("ann", None), Failure("TypeError", "renew() argument 'cents' must be int, not NoneType")
    ),
]
