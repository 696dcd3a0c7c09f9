"""Whom to believe that it is the endpoint."""

from __future__ import annotations

import ssl


def context() -> ssl.SSLContext:
    """With the authorities of the system, or of SSL_CERT_FILE, and certifi's where the system has none."""
    import certifi

    made = ssl.create_default_context()
    made.load_verify_locations(certifi.where())
    return made
