"""Studies on disk: what was simulated is kept, and never simulated again."""
