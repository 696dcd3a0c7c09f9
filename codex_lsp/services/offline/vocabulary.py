"""Words that names are made of, and what they say."""

from __future__ import annotations

PREDICATES = {
    "is": "it is", "has": "it has", "can": "it can", "should": "it should", "must": "it must",
    "needs": "it needs", "supports": "it supports", "allows": "it allows", "contains": "it contains",
}  # fmt: skip

OPENINGS = {
    "to": "convert to", "as": "convert to", "from": "build from", "on": "handle", "test": "test",
}  # fmt: skip

NO_ARTICLE_WORDS = """
a an the all any each every from to in by with as of for and or if at on into is not up down out off it
no only this that
"""

VERB_WORDS = """
accept acquire activate add adjust advance allocate analyze append apply ask assert assign attach await
backup begin bind block boot build bump cache calculate call cancel capture cast change check choose
clamp clean clear clone close collapse collect combine commit compare compile complete compress compute
configure confirm connect consume convert copy count create cut deactivate debug decode decompress
decorate decrease define delete deliver derive describe deserialize destroy detach detect determine
disable discard disconnect dispatch display divide do download drain draw drop dump emit enable encode
encrypt end ensure enter escape evaluate exclude execute exit expand expect explain export extend
extract fail fetch fill filter finalize find finish fire fix flatten flush fold follow force fork format
forward free freeze gather generate get give go grab grow guess halt handle hash help hide hold identify
ignore import include increase increment indent infer inherit init initialize inject insert inspect
install interpret invalidate invoke iterate join jump keep kill launch leave limit link list listen load
locate lock log look lookup lower make map mark match measure merge migrate mkdir modify monitor mount
move multiply normalize notify observe obtain omit open order override pack pad parse pass patch pause
perform pick ping plot poll pop populate post predict prepare preprocess present print process produce
prompt prune publish pull purge push put query quit quote raise randomize reach read rebuild receive
record recover redirect reduce refresh register reject release reload remove rename render reopen repeat
replace reply report request require rerun reset resize resolve respond restart restore resume retrieve
retry return reverse revert rewind rewrite rollback rotate round run sample save scale scan schedule
scroll search seek select send separate serialize serve set setup share shift show shrink shuffle
shutdown sign simplify skip sleep slice solve sort spawn split squash stack stage start stop store
stream strip submit subscribe subtract suggest sum suppress swap switch sync synchronize take tell
terminate tokenize toggle touch trace track train transform translate traverse trigger trim truncate try
turn undo unescape uninstall unlink unlock unpack unquote unregister unsubscribe unwrap update upgrade
upload use validate verify visit wait walk warn watch wrap write yield zip
"""


DUNDERS = {
    "__init__": "Initialize the {owner}.", "__new__": "Create the {owner}.", "__call__": "Call the {owner}.",
    "__repr__": "Return the representation for debugging.", "__str__": "Return the text form.",
    "__len__": "Return the number of items.", "__iter__": "Iterate over the items.",
    "__next__": "Return the next item.", "__enter__": "Enter the context.", "__exit__": "Leave the context.",
    "__aenter__": "Enter the context.", "__aexit__": "Leave the context.",
    "__eq__": "Tell whether both are equal.", "__ne__": "Tell whether both differ.",
    "__lt__": "Tell whether this one comes first.", "__hash__": "Return the hash.",
    "__bool__": "Tell whether it counts as true.", "__contains__": "Tell whether the item is in it.",
    "__getitem__": "Return the item.", "__setitem__": "Set the item.", "__delitem__": "Delete the item.",
    "__getattr__": "Return an attribute that was not found.", "__setattr__": "Set the attribute.",
    "__delattr__": "Delete the attribute.", "__del__": "Finalize the {owner}.",
}  # fmt: skip

NO_ARTICLE = frozenset(NO_ARTICLE_WORDS.split())
VERBS = frozenset(VERB_WORDS.split())
