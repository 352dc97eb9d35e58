"""``python -m survey_analysis``."""

from __future__ import annotations

import sys

from survey_analysis.report.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
