"""Runs on record, one file a run: written, read, played again, shown. See `writing` for the form."""
