"""A plausible month for trying the service out: invented people, the real pipeline."""
