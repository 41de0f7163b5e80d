"""Citizens' files: what they are, where they are kept, how they are fetched from providers."""
