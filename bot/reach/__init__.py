"""Whether, until when and by which road a citizen can be told something."""
