"""Learning the weights that serving reads; may use scikit-learn, never imported by serving."""
