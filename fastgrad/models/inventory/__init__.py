"""(s, S) inventories."""
