"""`textDocument/codeAction`: what can be done here, at once and with nothing to resolve."""
