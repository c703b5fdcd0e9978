"""Options that several commands share, so that they are called and refused alike."""

from __future__ import annotations

import argparse

from nlp.core import encoders


def add_seed(parser: argparse.ArgumentParser) -> None:
    """`--seed N`: a whole number, 0 or more."""
    parser.add_argument("--seed", type=_seed, default=0, metavar="N", help="start of all drawing of lots (default: 0)")


def add_encoder(parser: argparse.ArgumentParser) -> None:
    """`--encoder NAME|PATH`; whether there is one of this name is found out when it is loaded."""
    parser.add_argument(
        "--encoder",
        default=encoders.DEFAULT,
        metavar="NAME|PATH",
        help=f"what turns words into numbers: a name, or the folder of a model (default: {encoders.DEFAULT})",
    )


def _seed(written: str) -> int:
    if not (written.isascii() and written.isdecimal()):
        raise argparse.ArgumentTypeError(f"a whole number, 0 or more, is needed, not {written!r}")
    return int(written)
