"""Letters and alerts to those who follow: planned in the ledger, then handed over one by one; ledger.py says how."""
