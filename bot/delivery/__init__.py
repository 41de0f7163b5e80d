"""The ledger: accept, decide, record, send; each step durable before the next."""
