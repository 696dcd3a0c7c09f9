"""What a reply's words mean beside its edits."""
