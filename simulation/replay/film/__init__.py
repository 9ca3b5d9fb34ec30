"""Films: frames drawn from the payload of a page, and the file that holds them."""
