from tests.workflows.scenario import AwsError, Failure, Scenario

ORDERS = [{"total": 20.5, "status": "paid"}, {"total": 10, "status": "open"}, {"total": "3.10", "status": "paid"}]
INPUT = {"member_id": "ann", "orders": ORDERS}
WRITTEN = {"dynamodb.UpdateItem": [{}], "sns.Publish": [{"MessageId": "m"}]}


def member(**attributes):
    return {"dynamodb.GetItem": [{"Item": {"pk": {"S": "ann"}, **attributes}}]}


BRONZE = member(points={"N": "90"}, tier={"S": "bronze"})
SILVER = member(points={"N": "450"}, tier={"S": "silver"}, badges={"L": [{"S": "first"}]})

SCENARIOS = [
    Scenario(
        "moves up",
        INPUT,
        {"earned": [21, 3], "points": 114, "tier": "silver", "badges": ["Silver!"]},
        BRONZE | WRITTEN,
    ),
    Scenario(
        "stays", INPUT, {"earned": [26, 4], "points": 480, "tier": "silver", "badges": ["first"]}, SILVER | WRITTEN
    ),
    Scenario(
        "no tier yet, and nothing bought",
        {"member_id": "ann", "orders": []},
        {"earned": [], "points": 0, "tier": "bronze", "badges": []},
        member(points={"N": "0"}) | WRITTEN,
    ),
    Scenario(
        "gold at once",
        {"member_id": "ann", "orders": [{"total": "499.5", "status": "paid"}]},
        {"earned": [500], "points": 500, "tier": "gold", "badges": ["Gold!"]},
        member(points={"N": "0"}, tier={"S": "bronze"}) | WRITTEN,
    ),
    Scenario(
        "unknown tier",
        INPUT,
        Failure("ValueError", "'platinum' is not a valid Tier"),
        member(points={"N": "1"}, tier={"S": "platinum"}),
    ),
    Scenario(
        "a number as tier",
        INPUT,
        Failure("ValueError", "Decimal('3') is not a valid Tier"),
        member(points={"N": "1"}, tier={"N": "3"}),
    ),
    Scenario("no points", INPUT, Failure("KeyError", "'points'"), member(tier={"S": "gold"})),
    Scenario("nobody", INPUT, Failure("MemberNotFound", "member 'ann' does not exist"), {"dynamodb.GetItem": [{}]}),
    Scenario(
        "changed meanwhile",
        INPUT,
        {"status": "conflict", "reason": "ann changed meanwhile"},
        BRONZE
        | {"dynamodb.UpdateItem": [AwsError("ConditionalCheckFailedException", "The conditional request failed")]},
    ),
    Scenario(
        "too fast",
        INPUT,
        Failure("ProvisionedThroughputExceededException"),
        BRONZE | {"dynamodb.UpdateItem": [AwsError("ProvisionedThroughputExceededException", "slow down")]},
    ),
    Scenario(
        "no total",
        {"member_id": "ann", "orders": [{"status": "paid"}]},
        Failure("KeyError", "'total'"),
        BRONZE,
    ),
    Scenario(
        "no number",
        {"member_id": "ann", "orders": [{"status": "paid", "total": "ten"}]},
        Failure("InvalidOperation", "[<class 'decimal.ConversionSyntax'>]"),
        BRONZE,
    ),
]
