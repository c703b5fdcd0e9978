"""Scripts that make the data files in nlp/core/data; run by maintainers, never by the site."""
