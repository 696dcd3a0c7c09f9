"""The runs of a session: those in progress, those that are over, and how one goes on."""
