"""Whether what a run made is fit to be offered."""
