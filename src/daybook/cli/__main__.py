"""`python -m daybook.cli` is `daybook`."""

from daybook.cli import main

main()
