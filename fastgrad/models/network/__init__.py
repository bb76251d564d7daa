"""Activity networks: reading, cutting, judging and drawing them."""
