"""The internal mobility case: one year of posts opened inside a large French employer."""
