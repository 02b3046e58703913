"""Types of the values a program computes with."""
