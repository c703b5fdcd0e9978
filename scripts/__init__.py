"""The machinery round the house: install, demo, checks. Standard library only unless a docstring says otherwise."""
