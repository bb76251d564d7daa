"""What is found out about a user's function before it is run: jumps, kinks, outputs."""
