-- :checkhealth codex_lsp
local M = {}

local health = vim.health

local function neovim()
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim ' .. tostring(vim.version()))
  else
    health.error('Neovim is older than 0.11', { 'Install Neovim 0.11 or newer.' })
  end
end

---@return string[]? command
local function configured()
  local config = vim.lsp.config.codex_lsp
  if not config or not config.cmd then
    local folder = vim.fn.stdpath('config') .. '/lsp'
    health.error('lsp/codex_lsp.lua is not on the runtimepath', {
      'Put it into ' .. folder .. ', or this plugin into a package; see :help packages.',
    })
    return nil
  elseif type(config.cmd) == 'function' then
    health.ok('The server is started by a function of your own.')
    return nil
  end
  return config.cmd
end

local function attached()
  local clients = vim.lsp.get_clients({ name = 'codex_lsp' })
  if #clients == 0 then
    health.warn('The server does not run.', {
      "Say vim.lsp.enable('codex_lsp') in init.lua and open a file of a type that Neovim knows.",
      'Where it had run it is started anew by :LspCodexRestart.',
    })
  end
  for _, each in ipairs(clients) do
    local version = vim.tbl_get(each, 'server_info', 'version') or '?'
    local buffers = vim.tbl_count(each.attached_buffers)
    health.ok(('codex-lsp %s runs for %d buffer(s) in %s'):format(version, buffers, each.root_dir or '–'))
  end
end

local TELL = { ok = health.ok, warn = health.warn, fail = health.error, skipped = health.info }

---What `codex-lsp doctor` finds, without a connection.
---@param command string[]
local function doctor(command)
  if vim.fn.executable(command[1]) == 0 then
    return health.error(("'%s' cannot be run"):format(command[1]), {
      'pip install codex-lsp, or uv tool install codex-lsp, into a folder on your PATH',
      "or name it: vim.lsp.config('codex_lsp', { cmd = { '…/codex-lsp' } })",
    })
  end
  local call = vim.list_extend(vim.deepcopy(command), { 'doctor', '--no-ask', '--json' })
  local started, run = pcall(vim.system, call, { text = true, timeout = 20000 })
  local done = started and run:wait()
  local read, found = pcall(vim.json.decode, done and done.stdout or '')
  if not (read and type(found) == 'table' and found.checks) then
    return health.error(table.concat(call, ' ') .. ' gave no answer', { 'Run it in a shell to see why.' })
  end
  for _, check in ipairs(found.checks) do
    local tell = TELL[check.status] or health.info
    local text = check.name .. ': ' .. check.finding
    if check.next ~= '' and (tell == health.warn or tell == health.error) then
      tell(text, { check.next })
    else
      tell(text)
    end
  end
end

function M.check()
  health.start('codex_lsp: Neovim')
  neovim()
  local command = configured()
  attached()
  if command then
    health.start('codex_lsp: the endpoint')
    doctor(command)
  end
end

return M
