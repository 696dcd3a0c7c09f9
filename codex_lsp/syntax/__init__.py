"""What a text's grammar tells: whether it parses, its symbols, comments and imports. Pure; any text will do.

Grammars are tree-sitter's, one wheel a language, loaded with the first text of it. A language without one is
unknown, which is told as such and never guessed at; what guesses all the same, by marks and keywords, is
called `plain_…`. No function here raises for what a text holds.
"""
