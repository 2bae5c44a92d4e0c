"""Run submissions, judge them, keep the record."""
