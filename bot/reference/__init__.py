"""Pages of docs/reference that are made from the code. They may read the code, and nothing imports them."""
