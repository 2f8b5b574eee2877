"""Passes: each changes a model in the middle form in one way."""
