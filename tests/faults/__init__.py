"""Faults on purpose: `session` plays people, editors and endpoints against the real server."""
