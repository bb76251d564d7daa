"""How prices move, one file a kind."""
