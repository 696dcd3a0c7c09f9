-- What there is beside lsp/codex_lsp.lua: see :help codex_lsp. The server itself is switched on by
-- vim.lsp.enable('codex_lsp') alone.
if vim.g.loaded_codex_lsp or vim.fn.has('nvim-0.11') == 0 then
  return
end
vim.g.loaded_codex_lsp = true

vim.lsp.config('codex_lsp', {
  init_options = { codexLsp = { events = true } },
  handlers = {
    ['codexLsp/run'] = function(_, params, context)
      require('codex_lsp.status').on_run(params, context.client_id)
    end,
    ['workspace/applyEdit'] = function(...)
      return require('codex_lsp.client').apply_edit(...)
    end,
  },
})

local group = vim.api.nvim_create_augroup('codex_lsp', {})

local function is_ours(event)
  local client = vim.lsp.get_client_by_id(event.data.client_id)
  return client ~= nil and client.name == 'codex_lsp'
end

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  callback = function(event)
    if is_ours(event) then
      require('codex_lsp.commands').attach(event.buf)
      require('codex_lsp.status').refresh(event.data.client_id)
    end
  end,
})

vim.api.nvim_create_autocmd('LspDetach', {
  group = group,
  callback = function(event)
    if is_ours(event) then
      require('codex_lsp.commands').detach(event.buf)
    end
  end,
})

-- What waits is marked by diagnostics.
vim.api.nvim_create_autocmd('DiagnosticChanged', {
  group = group,
  callback = function(event)
    for _, client in ipairs(vim.lsp.get_clients({ name = 'codex_lsp', bufnr = event.buf })) do
      require('codex_lsp.status').refresh(client.id)
    end
  end,
})

-- What the server shows is to be read: it is nobody's file, and needs no server of its own. This comes before
-- its type is known, which is when servers are started.
vim.api.nvim_create_autocmd('BufReadPre', {
  group = group,
  pattern = '*/codex-lsp/shown/*',
  callback = function(event)
    vim.bo[event.buf].buftype = 'nowrite'
    vim.bo[event.buf].bufhidden = 'wipe'
  end,
})
vim.api.nvim_create_autocmd('BufReadPost', {
  group = group,
  pattern = '*/codex-lsp/shown/*',
  callback = function(event)
    vim.bo[event.buf].modifiable = false
  end,
})

vim.api.nvim_create_user_command('LspCodexRestart', function()
  require('codex_lsp').restart()
end, { desc = 'Codex: start the server anew' })
