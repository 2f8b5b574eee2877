"""Readers: one format a file, each giving the middle form."""
