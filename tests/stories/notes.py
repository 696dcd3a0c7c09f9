"""What a person has to do otherwise, or without, in an editor that can less: the words for it, once."""

from __future__ import annotations

LESS, NOT = "~ ", "✗ "

WAITS = "the changes wait as code actions and are accepted there: it takes no edits from a server"
FILE_BY_HAND = (
    "a new file is made by hand, and then filled; one that goes is deleted by hand: it does no file "
    "operations for a server"
)
NOT_MOVED = "no file is moved: it does no file operations for a server"
AS_MESSAGE = "a message holds the text, or names the file that does: it shows no documents for a server"
NO_JUMP = "from change to change by its own list of diagnostics: it goes nowhere for a server"
NO_LINKS = "the changes do not name each other: it takes no related information"
NO_PREVIEW = "it knows no annotations: the changes wait for review instead"
NO_BUTTON = "a code action instead of a button: it shows none in messages"
NO_REASON = "nothing says why nothing is offered: it shows no disabled actions"
UNTOLD = "all actions are offered whenever it asks: it does not say that nobody asked for them"
OTHERS_UNSEEN = (
    "it does not tell a server of other servers' diagnostics; ask in words, such as an `AI!` comment"
)
