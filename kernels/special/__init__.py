"""Special functions that vectorise."""
