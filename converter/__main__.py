"""Runs the command line: the entry point of the program, also as `python -m converter`."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Load the command line and run it. Who interrupts it while it loads is not shown a traceback either."""
    try:
        import signal

        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            # An exception in an import could be dropped, and printed; nothing is begun yet that would have to be ended.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    from converter.cli import main as run

    run()


if __name__ == "__main__":
    main()
