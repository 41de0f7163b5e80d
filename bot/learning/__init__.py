"""What the service learns from the people who use it, each lesson looked at by a person."""
