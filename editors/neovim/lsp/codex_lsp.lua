-- codex-lsp for Neovim 0.11 or newer. Made by `codex-lsp settings --format neovim`.
--
-- Put it into lsp/codex_lsp.lua in your configuration's folder (:echo stdpath('config')) and say in init.lua:
--   vim.lsp.enable('codex_lsp')
-- With only some settings, this in init.lua does as well, and counts more than this file:
--   vim.lsp.config('codex_lsp', { settings = { codexLsp = { apply = 'review' } } })
-- It is for files of every type that Neovim knows, since `filetypes` is not set.

---@type vim.lsp.Config
return {
  cmd = { 'codex-lsp' },
  root_markers = { '.git' },
  settings = {
    codexLsp = {
      -- How a proposal reaches the document.
      --   'auto': direct where the editor can and nothing speaks against it, else review
      --   'review': offer the changes as code actions
      --   'annotated': ask the editor to confirm each change where it can, else review
      --   'direct': apply at once, unless something speaks against it
      apply = 'auto',
      -- How the endpoint is used.
      --   'auto': as the endpoint says it can be
      --   'model': a plain chat model works with this server's tools
      --   'agent': it gets the file and returns a patch
      road = 'auto',
      -- How many times a plain model may be called in one run. A whole number from 1 to 1000.
      maxSteps = 24,
      -- How many tools a plain model may call in one run. A whole number from 1 to 100000.
      maxToolCalls = 200,
      -- How long all replies and tool results of a run may be together, in bytes. A whole number from 10000 to 1000000000.
      maxBytes = 8000000,
      -- How long a run may take, in seconds. A number from 1 to 86400.
      maxSeconds = 900,
      -- How many tokens of context go with an ask at first: the file, the project's rules, other open files. What was selected always goes. A whole number from 1000 to 1000000.
      maxContextTokens = 16000,
      -- How many tokens a run may use, prompts and replies together; 0 is no limit. A whole number from 0 to 1000000000.
      maxTokens = 0,
      -- What a run may cost, in USD, where the price is known; 0 is no limit. A number from 0 to 10000.
      maxCost = 0,
      -- What all runs with this setting may cost together in a day (UTC), in USD, where the price is known; 0 is no limit. A number from 0 to 10000.
      maxCostPerDay = 0,
      -- Keep a record of each run in your state folder, without secrets; codex-lsp runs shows them.
      traces = true,
      -- Code actions that are not offered: fix, fixAll, comments, tidy, docs, types, simplify, imports, tests, explain, commit, names of your own asks, or * for all. markdown:docs and markdown:* are for one language, by the editor's name for it.
      hiddenActions = {},
    },
  },
}
