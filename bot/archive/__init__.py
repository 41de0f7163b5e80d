"""What was said long ago, packed by conversation and month; rows keep their keys."""
