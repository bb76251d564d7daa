"""Input distributions, as the user names them."""
