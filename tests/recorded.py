"""What is, and what must be, compared with torch: apart from the comparing, so that tests without torch need none."""

from __future__ import annotations

from clgrad import coverage

shown: coverage.Table = {}
"""What was compared in this run."""
record: coverage.Table = {}
"""What must be compared; empty where a new record is written."""
