"""Officers' groups on a messenger: told of their questions, and where one is taken up."""
