"""Users' functions: compiled, and run as the operations of a model."""
