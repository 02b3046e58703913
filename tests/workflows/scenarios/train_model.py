from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {
    "BUCKET": "models",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/train",
    "TRAINING_IMAGE": "image:1",
    "TOPIC": "arn:aws:sns:us-east-1:123456789012:t",
}
TRAINED = {
    "TrainingJobStatus": "Completed",
    "ModelArtifacts": {"S3ModelArtifacts": "s3://models/m.tar.gz"},
}
START = {
    "sagemaker.CreateTrainingJob": [{"TrainingJobArn": "arn:job"}],
    "sagemaker.CreateModel": [{"ModelArn": "arn:model"}],
    "sagemaker.CreateTransformJob": [{"TransformJobArn": "arn:transform"}],
    "sns.Publish": [{"MessageId": "1"}],
}

SCENARIOS = [
    Scenario(
        "trained",
        {},
        "test-run",
        {
            **START,
            "sagemaker.DescribeTrainingJob": [{"TrainingJobStatus": "InProgress"}, TRAINED],
            "sagemaker.DescribeTransformJob": [{"TransformJobStatus": "Completed"}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "training fails",
        {"rounds": 5},
        Failure("JobFailed"),
        {
            **START,
            "sagemaker.DescribeTrainingJob": [{"TrainingJobStatus": "Failed", "FailureReason": "no data"}],
        },
        environ=ENVIRON,
    ),
    Scenario(
        "the name is taken",
        {},
        Failure("ResourceInUse"),
        {"sagemaker.CreateTrainingJob": [AwsError("ResourceInUse", "exists")]},
        environ=ENVIRON,
    ),
]
