"""Proposals: what they hold, how they follow the text, how they are taken or dropped. Pure."""
