"""The pages of the documentation that are made from code and tests: `python docs/pages` writes them, from a checkout."""
