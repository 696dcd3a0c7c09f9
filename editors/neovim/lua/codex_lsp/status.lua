-- What a statusline shows: what the server's events and its codexLsp.status told last.
local client = require('codex_lsp.client')

local M = {}

-- By client: the line that codexLsp.status told last; whether it is being asked for, and is to be once more.
---@type table<integer, string>
local lines = {}
---@type table<integer, 'asked'|'again'>
local asking = {}
-- The last run that ended, by client.
---@type table<integer, string>
local ended = {}

-- These are told by no message of the server's.
local QUIET = { applied = true, review = true, unchanged = true, cancelled = true }

-- A single line: more than fits would ask for a key, and hold back whatever comes next.
local function say(text)
  local line = text:gsub('%s+', ' ')
  local room = math.max(20, vim.v.echospace - 8)
  if vim.fn.strdisplaywidth(line) > room then
    line = vim.fn.strcharpart(line, 0, room - 1) .. '…'
  end
  vim.api.nvim_echo({ { 'Codex: ' .. line } }, true, {})
end

---Ask the server how it is.
---@param client_id integer
---@param buf? integer what was typed there is sent first
---@param on_told? fun()
function M.ask(client_id, buf, on_told)
  local server = vim.lsp.get_client_by_id(client_id)
  if not server then
    return
  end
  local params = { command = 'codexLsp.status', arguments = { vim.empty_dict() } }
  server:request('workspace/executeCommand', params, function(problem, result)
    if not problem then
      lines[client_id] = result.line
      vim.cmd.redrawstatus({ bang = true })
    end
    if on_told then
      on_told()
    end
  end, buf)
end

---The same, once at a time.
---@param client_id integer
function M.refresh(client_id)
  if asking[client_id] then
    asking[client_id] = 'again'
    return
  end
  asking[client_id] = 'asked'
  M.ask(client_id, nil, function()
    local again = asking[client_id] == 'again'
    asking[client_id] = nil
    if again then
      M.refresh(client_id)
    end
  end)
end

---A `codexLsp/run` notification came.
---@param params { run: string, state: string, title?: string, text?: string, ended?: boolean, usage?: table }
---@param client_id integer
function M.on_run(params, client_id)
  if params.ended then
    ended[client_id] = params.run
    if QUIET[params.state] then
      say(params.text)
    end
  end
  if params.state ~= 'text' then
    M.refresh(client_id)
  end
  vim.api.nvim_exec_autocmds('User', { pattern = 'CodexLspRun', modeline = false, data = params })
end

---The id of the last run that ended.
---@param buf integer
---@return string?
function M.last_run(buf)
  local server = vim.lsp.get_clients({ name = client.NAME, bufnr = buf })[1]
  return server and ended[server.id]
end

---The proposals that wait in a buffer, and how many changes of them, as its diagnostics tell.
---@param buf integer
---@param line? integer only at this line, zero-based
---@return string[] proposals
---@return integer changes
function M.waiting(buf, line)
  local proposals, seen, changes = {}, {}, 0
  for _, each in ipairs(vim.diagnostic.get(buf, { lnum = line })) do
    local id = each.source == 'codex-lsp' and vim.tbl_get(each, 'user_data', 'lsp', 'data', 'proposal')
    if id then
      changes = changes + 1
      if not seen[id] then
        seen[id] = true
        table.insert(proposals, id)
      end
    end
  end
  return proposals, changes
end

---A few words of the server's for a statusline: what it does, what waits, what went wrong. Empty where it
---does not run.
---@param buf? integer
---@return string
function M.text(buf)
  buf = buf or vim.api.nvim_get_current_buf()
  local server = vim.lsp.get_clients({ name = client.NAME, bufnr = buf })[1]
  local text = server and (lines[server.id] or 'Codex: starting') or ''
  -- Steps name files and what a model says: nothing of it may be an item of a statusline.
  return (text:gsub('%%', ''):gsub('%c', ' '))
end

return M
