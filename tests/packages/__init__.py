"""What strangers install: the wheel and the sdist on each Python, and one version in all places."""
