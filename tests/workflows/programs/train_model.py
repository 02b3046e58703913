"""Trains a model, saves it, and runs a batch of predictions with it."""

import os

import boto3

from pysfnc import JobFailed, context, run_job, workflow

sagemaker = boto3.client("sagemaker")
sns = boto3.client("sns")
BUCKET = os.environ["BUCKET"]
ROLE = os.environ["ROLE_ARN"]
IMAGE = os.environ["TRAINING_IMAGE"]
TOPIC = os.environ["TOPIC"]


@workflow
def train(rounds: int = 10) -> str:
    name = context.execution.name
    try:
        trained = run_job(sagemaker.create_training_job, timeout=36000)(
            TrainingJobName=name,
            AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            HyperParameters={"num_round": str(rounds), "objective": "reg:logistic"},
            InputDataConfig=[
                {
                    "ChannelName": "train",
                    "DataSource": {
                        "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/csv/train/"},
                    },
                }
            ],
            OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/models"},
            ResourceConfig={"InstanceCount": 1, "InstanceType": "ml.m4.xlarge", "VolumeSizeInGB": 5},
            RoleArn=ROLE,
            StoppingCondition={"MaxRuntimeInSeconds": 86400},
        )
    except JobFailed as failure:
        sns.publish(TopicArn=TOPIC, Subject="Training failed", Message=str(failure))
        raise
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=ROLE,
        PrimaryContainer={"Image": IMAGE, "ModelDataUrl": trained["ModelArtifacts"]["S3ModelArtifacts"]},
    )
    run_job(sagemaker.create_transform_job)(
        TransformJobName=name,
        ModelName=name,
        TransformInput={
            "ContentType": "text/csv",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/csv/test.csv"}},
        },
        TransformOutput={"S3OutputPath": f"s3://{BUCKET}/output"},
        TransformResources={"InstanceCount": 1, "InstanceType": "ml.m4.xlarge"},
    )
    return name
