"""The Amazon States Language: names, quotas, validation."""
