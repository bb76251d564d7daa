"""What an option pays, one file a kind."""
