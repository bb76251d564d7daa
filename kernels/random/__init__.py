"""Random numbers: the uniform of (seed, replication, input, draw)."""
