"""`python -m pysfnc` is `pysfnc`."""

import sys

from pysfnc.cli.main import main

sys.exit(main())
