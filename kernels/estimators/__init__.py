"""One estimator a file, and the loop over replications that all of them run through."""
