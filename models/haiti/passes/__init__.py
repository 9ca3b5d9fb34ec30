"""Compiled passes over the city: what rules ask of every neighbourhood or gang, every day, in one go."""
