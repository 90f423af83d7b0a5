"""The recruitment case: six months of applications to a medium-sized French employer."""
