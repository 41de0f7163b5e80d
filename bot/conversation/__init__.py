"""The conversation with a citizen: a turn comes in, a plan of replies and acts comes out."""
