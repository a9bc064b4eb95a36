"""Stand-ins for what a desk keeps, for walks, checks and tests. Must not be imported by a dialog."""
