-- What everything else here needs of Neovim's LSP client: one command sent, and the changes that wait.
local M = {}

M.NAME = 'codex_lsp'

---@param text string
---@param level? integer one of vim.log.levels
function M.notify(text, level)
  vim.notify(text, level or vim.log.levels.INFO, { title = 'codex-lsp' })
end

---The client of a buffer; nil, and the person is told, if there is none.
---@param buf integer
---@return vim.lsp.Client?
function M.of(buf)
  local client = vim.lsp.get_clients({ name = M.NAME, bufnr = buf })[1]
  if not client then
    M.notify('codex-lsp does not run for this buffer; :checkhealth codex_lsp', vim.log.levels.WARN)
  end
  return client
end

---Send a command of the server's. Neovim sends what was typed until now before it.
---@param buf integer
---@param command string as docs/PROTOCOL.md names it
---@param argument table
---@param on_result? fun(result: table)
function M.execute(buf, command, argument, on_result)
  local client = M.of(buf)
  if not client then
    return
  end
  local params = { command = command, arguments = { next(argument) and argument or vim.empty_dict() } }
  client:request('workspace/executeCommand', params, function(problem, result)
    if problem then
      M.notify(problem.message, vim.log.levels.ERROR)
    elseif on_result then
      on_result(result)
    end
  end, buf)
end

---@class codex_lsp.Hunk a change that waits, at a place of the buffer
---@field edit lsp.WorkspaceEdit what accepts it
---@field text lsp.TextEdit the one edit in it
---@field reject { proposal: string, path: string, hunk: integer } what codexLsp.reject takes

---The changes that wait in a range of a buffer, in the order of their places, as the server's code actions
---have them: the edit that accepts a change is followed by the command that rejects it.
---@param buf integer
---@param range lsp.Range
---@param on_found fun(hunks: codex_lsp.Hunk[], client: vim.lsp.Client, actions: lsp.CodeAction[])
function M.hunks(buf, range, on_found)
  local client = M.of(buf)
  if not client then
    return
  end
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(buf),
    range = range,
    context = { diagnostics = {}, only = { 'quickfix.codex' }, triggerKind = 1 },
  }
  client:request('textDocument/codeAction', params, function(problem, actions)
    if problem then
      M.notify(problem.message, vim.log.levels.ERROR)
    else
      on_found(M._paired(actions or {}), client, actions or {})
    end
  end, buf)
end

---@param edit lsp.WorkspaceEdit
---@return lsp.TextEdit?
local function only_edit(edit)
  local edits = edit.documentChanges and #edit.documentChanges == 1 and edit.documentChanges[1].edits
  if not edits and edit.changes then
    edits = select(2, next(edit.changes))
  end
  return edits and #edits == 1 and edits[1] or nil
end

---@param actions lsp.CodeAction[]
---@return codex_lsp.Hunk[]
function M._paired(actions)
  local found = {}
  for at, action in ipairs(actions) do
    local command = vim.tbl_get(actions, at + 1, 'command') or {}
    local argument = command.command == 'codexLsp.reject' and command.arguments[1] or {}
    local text = action.edit and only_edit(action.edit)
    if text and argument.hunk then
      table.insert(found, { edit = action.edit, text = text, reject = argument })
    end
  end
  table.sort(found, function(one, other)
    local a, b = one.text.range.start, other.text.range.start
    return a.line < b.line or (a.line == b.line and a.character < b.character)
  end)
  return found
end

---The range of a line, without its end.
---@param buf integer
---@param line integer zero-based
---@param client vim.lsp.Client
---@return lsp.Range
function M.line_range(buf, line, client)
  local text = vim.api.nvim_buf_get_lines(buf, line, line + 1, false)[1] or ''
  local last = vim.str_utfindex(text, client.offset_encoding, #text, false)
  return { start = { line = line, character = 0 }, ['end'] = { line = line, character = last } }
end

---The range of the whole buffer.
---@param buf integer
---@return lsp.Range
function M.whole(buf)
  local last = { line = vim.api.nvim_buf_line_count(buf), character = 0 }
  return { start = { line = 0, character = 0 }, ['end'] = last }
end

---The change at a line; those that touch it come with their neighbours.
---@param hunks codex_lsp.Hunk[]
---@param line integer zero-based
---@return codex_lsp.Hunk?
function M.at(hunks, line)
  for _, hunk in ipairs(hunks) do
    local first, last = hunk.text.range.start, hunk.text.range['end']
    local ends = (last.character > 0 or last.line == first.line) and last.line or last.line - 1
    if first.line <= line and line <= ends then
      return hunk
    end
  end
  return hunks[1]
end

-- A buffer that an edit is for and that was changed since.
---@param edit lsp.WorkspaceEdit
---@return integer? buf
local function outdated(edit)
  for _, change in ipairs(edit.documentChanges or {}) do
    local document = change.textDocument
    local buf = document and vim.uri_to_bufnr(document.uri)
    local version = buf and vim.lsp.util.buf_versions[buf]
    if version and document.version and document.version ~= version then
      return buf
    end
  end
end

---@param buf integer
---@param hunk codex_lsp.Hunk
function M.accept(buf, hunk)
  local client = M.of(buf)
  if client and not outdated(hunk.edit) then
    vim.lsp.util.apply_workspace_edit(hunk.edit, client.offset_encoding)
  end
end

---@param buf integer
---@param hunk codex_lsp.Hunk
function M.reject(buf, hunk)
  M.execute(buf, 'codexLsp.reject', hunk.reject)
end

---Apply an edit of the server's, unless a text is another by now. Neovim itself skips an edit of an older
---text and says that it was applied; where that was the text as it had been opened, and in all files but the
---first, it applies it, at the wrong place.
---@param problem? lsp.ResponseError
---@param params lsp.ApplyWorkspaceEditParams
---@param context lsp.HandlerContext
---@return lsp.ApplyWorkspaceEditResult
function M.apply_edit(problem, params, context)
  local buf = outdated(params.edit)
  if not buf then
    return vim.lsp.handlers['workspace/applyEdit'](problem, params, context)
  end
  -- What was typed goes with any request: the server has it when it hears that this was in vain.
  require('codex_lsp.status').ask(context.client_id, buf)
  return { applied = false, failureReason = 'the text was changed meanwhile' }
end

return M
