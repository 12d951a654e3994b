"""The methods of `Engine`, by what they are for."""
