"""The replay of the city: what is recorded of it, what is told, its map and its words."""
