"""Understanding of citizens' Vietnamese: pure, without network, database or clock."""
