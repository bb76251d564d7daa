"""From θ to moments: the tracer, the traced model, the engine and the run."""
