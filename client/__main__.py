"""`python -m client`: run one command and exit 0 only when it succeeded."""

import sys

from client.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
