"""What the files of several distributions are made of."""
