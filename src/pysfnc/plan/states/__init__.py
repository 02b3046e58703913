"""Flows to states."""
