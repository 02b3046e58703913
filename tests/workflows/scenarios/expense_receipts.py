from tests.workflows.scenario import Failure, Scenario

ENVIRON = {"TABLE": "receipts"}
INPUT = {"bucket": "files", "key": "r.png"}


def labels(*found: tuple[str, float]) -> dict:
    return {"Labels": [{"Name": name, "Confidence": confidence} for name, confidence in found]}


def field(kind: str, value: str) -> dict:
    return {"Type": {"Text": kind, "Confidence": 90.0}, "ValueDetection": {"Text": value, "Confidence": 90.0}}


SCENARIOS = [
    Scenario(
        "receipt",
        INPUT,
        {"invoiceDate": "1 May", "total": "12.50"},
        {
            "rekognition.DetectLabels": [labels(("Text", 99.0), ("Receipt", 91.5))],
            "textract.AnalyzeExpense": [
                {
                    "ExpenseDocuments": [
                        {
                            "SummaryFields": [
                                field("INVOICE_RECEIPT_DATE", "1 May"),
                                field("VENDOR", "shop"),
                                field("TOTAL", "12.50"),
                                field("TOTAL", "99"),
                            ]
                        }
                    ]
                }
            ],
            "dynamodb.UpdateItem": [{}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "a cat",
        INPUT,
        Failure("NotAReceipt", "r.png"),
        {"rekognition.DetectLabels": [labels(("Cat", 99.0), ("Receipt", 79.0))]},
        environ=ENVIRON,
    ),
]
