"""The mini-agent: this project's own loop over the files of a request, with a model that somebody brings."""
