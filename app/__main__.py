"""`python -m app` is `wakeline`."""

from app.cli import main

main()
