"""Tests of the local interpreter and its JSONata adapter."""
