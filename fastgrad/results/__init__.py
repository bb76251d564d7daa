"""What a run returns, side by side, in tables and in pictures."""
