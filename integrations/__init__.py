"""The outside world: what is brought in from other networks and files, and the search engine. Knows `nlp` only."""
