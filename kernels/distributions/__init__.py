"""One distribution a file: variate, derivatives, scores, weak pairs, facts of its family."""
