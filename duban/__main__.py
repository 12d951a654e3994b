"""`python -m duban`: the command."""

from duban.cli import main

if __name__ == "__main__":
    main()
