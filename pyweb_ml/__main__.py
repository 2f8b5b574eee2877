"""`python -m pyweb_ml`: the same as `pywebml`."""

import sys

from pyweb_ml.cli import main

sys.exit(main())
