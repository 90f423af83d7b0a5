"""chapters: one file each; a Context in, a Section out (or None where there is nothing to say)."""
