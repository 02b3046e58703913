"""Forms of values between boto3, its resources and Step Functions; answers of services and what programs read of them."""
