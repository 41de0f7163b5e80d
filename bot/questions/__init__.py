"""Questions of citizens: receipt codes, life, history, desk acts and queries."""
