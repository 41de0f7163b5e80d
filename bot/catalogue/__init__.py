"""Knowledge in the database: its layers, imports, findings, and the live index."""
