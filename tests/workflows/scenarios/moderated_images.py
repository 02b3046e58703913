from tests.workflows.scenario import Scenario

ENVIRON = {"CATALOG_TABLE": "catalog", "MODERATORS_TOPIC": "arn:aws:sns:us-east-1:123456789012:t"}
INPUT = {"bucket": "files", "key": "k.png"}
REST = {
    "rekognition.DetectLabels": [{"Labels": [{"Name": "Cat"}, {"Name": "Sofa"}]}],
    "rekognition.DetectText": [{"TextDetections": [{"DetectedText": "hello", "Type": "LINE"}]}],
    "dynamodb.UpdateItem": [{}],
    "sns.Publish": [{"MessageId": "1"}],
}
SCENARIOS = [
    Scenario(
        "fine",
        INPUT,
        {"key": "k.png", "refused": False, "objects": 2, "texts": 1},
        {**REST, "rekognition.DetectModerationLabels": [{"ModerationLabels": []}]},
        environ=ENVIRON,
    ),
    Scenario(
        "refused",
        INPUT,
        {"key": "k.png", "refused": True},
        {**REST, "rekognition.DetectModerationLabels": [{"ModerationLabels": [{"Name": "Weapons"}]}]},
        environ=ENVIRON,
    ),
]
