"""models: decision models behind one protocol; nothing here executes a file that it opens."""
