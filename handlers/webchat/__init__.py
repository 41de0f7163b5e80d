"""The web chat: a full channel without any provider."""
