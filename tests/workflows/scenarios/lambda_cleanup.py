from tests.workflows.scenario import Scenario


def functions(*names: str, **more: str) -> dict:
    return {"Functions": [{"FunctionName": name} for name in names], **more}


def versions(params: dict) -> dict:
    count = 5 if params["FunctionName"] == "app-a" else 2
    return {"Versions": [{"Version": "$LATEST"}, *({"Version": str(n)} for n in range(1, count + 1))]}


SCENARIOS = [
    Scenario("none", {"prefix": "app-"}, {}, {"lambda.ListFunctions": [functions()]}),
    Scenario(
        "two pages",
        {"prefix": "app-"},
        {"app-a": ["1", "2"]},
        {
            "lambda.ListFunctions": [functions("app-a", "other", NextMarker="m"), functions("app-b")],
            "lambda.ListVersionsByFunction": [versions],
            "lambda.DeleteFunction": [{}],
        },
    ),
]
