"""The HTTP endpoints that this project ships. They know no LSP and no LiteLLM.

What all of them share, from the socket inwards: `serve` runs the process; `connections` and `guard` say who
may speak and how much; `http` has the routes, `requests` what a request may hold, `header` what its words say
to work on; `queue` gives each its turn, `response` puts answers on the wire, `errors` what is none; `metrics`
counts; `ready` tells whether what stands behind is well; `scratch` lends folders.

What stands behind one is a `chat.Answerer`: `mini` (our own loop over a request's files, with a model that
somebody brings), `sidecar` (the Codex CLI), `offline` (rules and no model).
"""
