"""What the service does, whatever the channel."""
