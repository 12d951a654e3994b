"""What a life that is killed and begun again must not do: repeat, lose, or split. `python -m bench crash` is the long form."""
