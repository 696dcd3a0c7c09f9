"""A fuzzer of the language server: a process over stdio, judged from the outside only."""
