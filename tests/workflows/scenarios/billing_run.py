from tests.workflows.scenario import AwsError, Failure, Scenario, Stream


def invoice(number, country, lines, **more):
    rows = [{"M": {"sku": {"S": sku}, "qty": {"N": qty}, "price": {"N": price}}} for sku, qty, price in lines]
    return {"customer": {"S": "a"}, "number": {"S": number}, "country": {"S": country}, "lines": {"L": rows}, **more}


FIRST = [
    invoice("1", "DE", [("x", "2", "9.99"), ("y", "1", "0.005")]),
    invoice("2", "FR", [("x", "100", "12.50")], discount={"N": "2.5"}),
]
SECOND = [
    invoice("3", "XX", [("x", "1", "1")]),
    invoice("4", "US", [("x", "1", "0.5")]),
    invoice("6", "US", [("z", "1", "3")]),
]
PAGES = {
    "dynamodb.Query": [
        {"Items": FIRST, "LastEvaluatedKey": {"customer": {"S": "a"}, "number": {"S": "2"}}, "Count": 2},
        {"Items": SECOND, "Count": 3},
    ],
    "dynamodb.UpdateItem": [{}],
}


def charged(*statuses):
    return {"lambda.Invoke": [{"StatusCode": 200, "Payload": Stream(f'{{"status":"{one}"}}')} for one in statuses]}


SCENARIOS = [
    Scenario(
        "two pages",
        {"customers": ["a"]},
        {
            "totals": {"DE": "23.78", "FR": "1,462.50"},
            "outcome": {"paid": 2, "skipped": 1, "declined": 1},
            "rejected": [{"number": "3", "why": "no VAT for XX"}],
            "sum": "1486.28",
        },
        PAGES | charged("paid", "paid", "declined"),
    ),
    Scenario(
        "the function fails",
        {"customers": ["a"], "minimum": "100"},
        {
            "totals": {},
            "outcome": {"skipped": 3, "failed": 1},
            "rejected": [{"number": "3", "why": "no VAT for XX"}],
            "sum": "0",
        },
        PAGES
        | {
            "lambda.Invoke": [
                {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": Stream('{"errorMessage":"x"}')}
            ]
        },
    ),
    Scenario("nobody", {"customers": []}, {"totals": {}, "outcome": {}, "rejected": [], "sum": "0"}),
    Scenario(
        "nothing open",
        {"customers": ["b"]},
        {"totals": {}, "outcome": {}, "rejected": [], "sum": "0"},
        {"dynamodb.Query": [{"Items": [], "Count": 0}]},
    ),
    Scenario("no minimum", {"customers": ["a"], "minimum": "x"}, Failure("InvalidOperation"), PAGES | charged("paid")),
    Scenario(
        "a price that is a text",
        {"customers": ["a"]},
        Failure("TypeError", "unsupported operand type(s) for +: 'decimal.Decimal' and 'str'"),
        {
            "dynamodb.Query": [
                {"Items": [{"number": {"S": "9"}, "lines": {"L": [{"M": {"sku": {"S": "x"}, "price": {"S": "9"}}}]}}]}
            ]
        },
    ),
    Scenario(
        "no such function",
        {"customers": ["a"]},
        Failure("ResourceNotFoundException"),
        PAGES | {"lambda.Invoke": [AwsError("ResourceNotFoundException", "Function not found", 404)]},
    ),
    Scenario(
        "no status",
        {"customers": ["a"]},
        Failure("KeyError", "'status'"),
        PAGES | {"lambda.Invoke": [{"Payload": Stream("{}")}]},
    ),
]
