"""The monthly segment: what was asked and answered, ready for the broadcaster."""
