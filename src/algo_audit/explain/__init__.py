"""explain: what a model does, what makes a gap, what one person can do; numbers and codes only."""
