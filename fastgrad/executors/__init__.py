"""Where chunks are run: executors beside those of the standard library."""
