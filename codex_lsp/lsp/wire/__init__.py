"""Bytes, messages, and the process around the server."""
