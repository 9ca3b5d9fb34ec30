"""One causal rule a file; mechanisms never import one another and meet only in the state of the city."""
