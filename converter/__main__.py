"""Runs the command line: the entry point of the program, also as `python -m converter`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Load the command line and run it. Who interrupts it while it loads is not shown a traceback either."""
    try:
        from converter.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
