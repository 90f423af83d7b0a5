"""The training allocation case: one year of course places in a large French employer."""
