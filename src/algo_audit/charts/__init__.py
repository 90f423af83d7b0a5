"""charts: a result in, a matplotlib Figure out; no language, no report."""
