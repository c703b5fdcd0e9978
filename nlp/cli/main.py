"""The front door of the command line: which command, and what to say when it fails."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from nlp.cli import analyse, evaluate, groups, tables
from nlp.core import encoders, executors

STOPPED = 130
"""What shells know as "ended by Ctrl-C"."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with one clear line on standard error when it did not, STOPPED after
    Ctrl-C.
    """
    options = parser().parse_args(arguments)
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")  # Transformers' own, also where there is no terminal
    try:
        return options.run(options)
    except (tables.BadInput, encoders.EncoderUnavailable, executors.ExecutorUnavailable) as error:
        say(str(error))
    except OSError as error:
        # Without a name it is what is written: a full disk is not the fault of the file that was read.
        say(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    except MemoryError:
        say("There is not enough memory for so much at once: split the file, or use the encoder 'static'.")
    except KeyboardInterrupt:
        say(f"{chr(10) if sys.stderr.isatty() else ''}Stopped. {options.stopped(options)}")
        return STOPPED
    return 1


def parser() -> argparse.ArgumentParser:
    """All commands."""
    found = argparse.ArgumentParser(prog="python -m nlp", description="Topics, sentiment and opinion groups, offline.")
    commands = found.add_subparsers(required=True, metavar="COMMAND")
    for command in (analyse, groups, evaluate):
        command.add_parser(commands)
    return found


def say(line: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"{line}\n")
