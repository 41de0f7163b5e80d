"""Public pages: the citizen's page, procedures, hotlines, archive, the month's programme."""
