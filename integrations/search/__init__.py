"""Full-text search over pages, comments and records behind one port."""
