"""Officers' acts from beginning to end, for the console and for machines alike."""
