"""The command line of the analysis: one module per command, and what they read and write with."""
