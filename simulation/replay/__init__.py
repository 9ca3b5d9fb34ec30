"""Replays: what a run leaves for a moving picture of it, small enough to be sent, and the page that holds it."""
