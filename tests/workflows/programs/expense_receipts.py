"""Reads a receipt: checks that the picture is one, extracts date and total, and records them."""

import os

import boto3

from pysfnc import Fail, workflow

rekognition = boto3.client("rekognition")
textract = boto3.client("textract")
dynamodb = boto3.client("dynamodb")
TABLE = os.environ["TABLE"]
WANTED = {"INVOICE_RECEIPT_DATE": "invoiceDate", "AMOUNT_PAID": "amountPaid", "TOTAL": "total"}


@workflow
def record_receipt(bucket: str, key: str) -> dict[str, str]:
    picture = {"S3Object": {"Bucket": bucket, "Name": key}}
    labels = rekognition.detect_labels(Image=picture)["Labels"]
    if not any(label["Name"] == "Receipt" and label["Confidence"] >= 80 for label in labels):
        raise Fail("NotAReceipt", key)

    expense = textract.analyze_expense(Document=picture)
    values: dict[str, str] = {}
    for document in expense["ExpenseDocuments"]:
        for field in document["SummaryFields"]:
            name = WANTED.get(field["Type"]["Text"])
            if name is not None and name not in values:
                values[name] = field["ValueDetection"]["Text"]
    dynamodb.update_item(
        TableName=TABLE,
        Key={"Id": {"S": key}},
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
        ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()},
    )
    return values
