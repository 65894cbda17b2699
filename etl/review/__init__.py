"""Reviews against the records: findings, verdicts by rules that are data, and what a living review shows of them."""
