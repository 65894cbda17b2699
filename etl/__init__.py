"""Thought: transforms, canonical content, diff, tagging, linking, digest. Never HTTP, SQL or the clock."""
