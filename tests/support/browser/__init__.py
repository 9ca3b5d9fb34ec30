"""A browser for tests of pages."""
