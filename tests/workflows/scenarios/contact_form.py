from tests.workflows.scenario import Scenario

ENVIRON = {"TABLE": "forms", "TOPIC": "arn:aws:sns:us-east-1:123456789012:forms"}


def mood(name: str, negative: float) -> dict:
    score = {"Positive": 0.1, "Negative": negative, "Neutral": 0.2, "Mixed": 0.0}
    return {"comprehend.DetectSentiment": [{"Sentiment": name, "SentimentScore": score}]}


REST = {"dynamodb.PutItem": [{}], "sns.Publish": [{"MessageId": "1"}]}
SCENARIOS = [
    Scenario(
        "good",
        {"message": "thank you"},
        {"mood": "POSITIVE", "escalated": False},
        {**mood("POSITIVE", 0.01), **REST},
        environ=ENVIRON,
    ),
    Scenario(
        "bad",
        {"message": 'it is "broken"', "sender": "ann"},
        {"mood": "NEGATIVE", "escalated": True},
        {**mood("NEGATIVE", 0.97), **REST},
        environ=ENVIRON,
    ),
]
