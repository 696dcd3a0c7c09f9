"""`workspace/executeCommand`: a table of handlers; each decodes, calls one function, encodes."""
