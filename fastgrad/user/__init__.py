"""Models that are functions of a user's own."""
