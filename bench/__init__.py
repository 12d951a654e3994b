"""How fast: the product through its public API against good hand-written code, on the same machine, in the same process."""
