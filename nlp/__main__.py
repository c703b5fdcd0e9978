"""The command line of the analysis, useful without the platform; docs/guides/analysis-command-line.md explains it.

python -m nlp analyse OPINIONS.csv --out DIR [--encoder NAME|PATH] [--seed N] [--workers N] [--resume]
python -m nlp groups VOTES.csv --out DIR [--seed N]
"""

import sys

from nlp.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
