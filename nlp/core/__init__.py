"""Minyi's analysis as a pure library: opinions and votes in, topics, sentiment and opinion groups out.

No Django, no clock, no network, no globals that change: seeds, models and progress callbacks are arguments.
Start at `nlp.core.pipeline.analyse` (texts) and `nlp.core.groups.find_groups` (votes).
"""
