"""Bytes in: one module a source over one polite HTTP client. Never frames, SQL or cleaning."""
