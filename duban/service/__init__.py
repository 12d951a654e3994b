"""The use cases: one file each, one transaction each."""
