"""`python -m bot …`: each module holds one group of commands."""
