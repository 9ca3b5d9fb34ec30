"""Daily figures, one group of outcomes a file."""
