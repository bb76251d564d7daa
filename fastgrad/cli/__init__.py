"""The command line: `fastgrad --help` says what it can do."""
