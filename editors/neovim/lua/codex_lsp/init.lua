-- What the commands do, for key maps of your own: see :help codex_lsp-lua.
local asking = require('codex_lsp.asking')
local client = require('codex_lsp.client')
local place = require('codex_lsp.place')

local M = {}

M.ask = asking.ask
M.fix = asking.fix
M.explain = asking.explain
M.show_prompt = asking.show_prompt

---@param buf integer
---@param on_hunk fun(hunk: codex_lsp.Hunk)
---@param on_none fun(actions: lsp.CodeAction[])
local function hunk_at_cursor(buf, on_hunk, on_none)
  local server = client.of(buf)
  if not server then
    return
  end
  local line = place.cursor_line(buf)
  client.hunks(buf, client.line_range(buf, line, server), function(hunks, _, actions)
    local found = client.at(hunks, line)
    if found then
      on_hunk(found)
    else
      on_none(actions)
    end
  end)
end

-- Of files as such there is no change at a place: the server's own actions say what can be done.
local function choose(actions)
  if #actions == 0 then
    return client.notify('No proposed change waits here; ]d goes to the next one.')
  end
  vim.lsp.buf.code_action({ context = { only = { 'quickfix.codex' } } })
end

---A proposal that waits: the one at the cursor, the only one, or the one that the person selects.
---@param buf integer
---@param on_proposal fun(id: string)
local function with_proposal(buf, on_proposal)
  local here = require('codex_lsp.status').waiting(buf, place.cursor_line(buf))
  if #here == 1 then
    return on_proposal(here[1])
  end
  client.execute(buf, 'codexLsp.status', {}, function(status)
    local ids, names = status.proposals, {}
    for _, each in ipairs(status.review) do
      names[each.proposal] = each.summary
    end
    if #ids == 0 then
      return client.notify('No proposed change waits.')
    elseif #ids == 1 then
      return on_proposal(ids[1])
    end
    local function name(id)
      return names[id] or id
    end
    vim.ui.select(ids, { prompt = 'Which proposal?', format_item = name }, function(id)
      if id then
        on_proposal(id)
      end
    end)
  end)
end

---Accept the change at the cursor, or all of its proposal.
---@param all? boolean
---@param where? codex_lsp.Where
function M.accept(all, where)
  local buf = place.buffer(where)
  if all then
    return with_proposal(buf, function(id)
      client.execute(buf, 'codexLsp.accept', { proposal = id })
    end)
  end
  hunk_at_cursor(buf, function(hunk)
    client.accept(buf, hunk)
  end, choose)
end

---Reject the change at the cursor, or all of its proposal.
---@param all? boolean
---@param where? codex_lsp.Where
function M.reject(all, where)
  local buf = place.buffer(where)
  if all then
    return with_proposal(buf, function(id)
      client.execute(buf, 'codexLsp.reject', { proposal = id })
    end)
  end
  hunk_at_cursor(buf, function(hunk)
    client.reject(buf, hunk)
  end, choose)
end

---Say what is to be different: about the change at the cursor, a proposal that waits, or the last run.
---@param words? string without them `vim.ui.input` asks
---@param where? codex_lsp.Where
function M.refine(words, where)
  local buf = place.buffer(where)
  local function go_on(argument)
    asking.with_words('Refine: ', words, function(said)
      argument.instruction = said
      client.execute(buf, 'codexLsp.refine', argument)
    end)
  end
  hunk_at_cursor(buf, function(hunk)
    go_on(vim.deepcopy(hunk.reject))
  end, function()
    local _, changes = require('codex_lsp.status').waiting(buf)
    local last = require('codex_lsp.status').last_run(buf)
    if changes == 0 and last then
      return go_on({ run = last })
    end
    with_proposal(buf, function(id)
      go_on({ proposal = id })
    end)
  end)
end

---Take back what was accepted last; once more brings it back.
---@param where? codex_lsp.Where
function M.undo(where)
  client.execute(place.buffer(where), 'codexLsp.undo', {})
end

---Stop a run; of several the person selects one, or all are stopped.
---@param all? boolean
---@param where? codex_lsp.Where
function M.cancel(all, where)
  local buf = place.buffer(where)
  local function stop(run)
    client.execute(buf, 'codexLsp.cancel', { run = run }, function(result)
      if #result.cancelled == 0 then
        client.notify('Nothing runs that can be stopped.')
      end
    end)
  end
  if all then
    return stop(nil)
  end
  client.execute(buf, 'codexLsp.status', {}, function(status)
    if #status.runs < 2 then
      return stop(nil)
    end
    local function title(run)
      return run.title
    end
    vim.ui.select(status.runs, { prompt = 'Stop which run?', format_item = title }, function(run)
      if run then
        stop(run.run)
      end
    end)
  end)
end

---Show how the server is, what runs, what waits and what was used.
---@param where? codex_lsp.Where
function M.show_status(where)
  client.execute(place.buffer(where), 'codexLsp.status', {}, function(status)
    local lines = { status.line, ('codex-lsp %s, %s, %s'):format(status.version, status.state, status.model) }
    for _, run in ipairs(status.runs) do
      table.insert(lines, 'runs: ' .. run.title)
    end
    for _, each in ipairs(status.review) do
      if vim.tbl_contains(status.proposals, each.proposal) then
        table.insert(lines, ('%s: %s'):format(each.state, each.summary))
      end
    end
    table.insert(lines, ('%d tokens in %d runs'):format(status.usage.total, status.usage.runs))
    vim.list_extend(lines, status.problems)
    client.notify(table.concat(lines, '\n'))
  end)
end

---Show all that waits of a proposal as one diff, in a buffer of its own.
---@param where? codex_lsp.Where
function M.show_diff(where)
  local buf = place.buffer(where)
  with_proposal(buf, function(id)
    client.execute(buf, 'codexLsp.showDiff', { proposal = id })
  end)
end

---Bring what a stopped run had made into review.
---@param where? codex_lsp.Where
function M.offer(where)
  client.execute(place.buffer(where), 'codexLsp.offer', {}, function(result)
    -- Neovim 0.11 has its own value for a null.
    if not result.offered or result.offered == vim.NIL then
      client.notify('No stopped run has left anything.')
    end
  end)
end

---Choose one of the last runs on record, to look at its page.
---@param where? codex_lsp.Where
function M.runs(where)
  local buf = place.buffer(where)
  client.execute(buf, 'codexLsp.runs', {}, function(result)
    if #result.runs == 0 then
      return client.notify('No run is on record.')
    end
    local function line(run)
      return ('%s  %s  %s'):format(run.at, run.reason, run.instruction)
    end
    vim.ui.select(result.runs, { prompt = 'Which run?', format_item = line }, function(run)
      if run then
        client.execute(buf, 'codexLsp.runs', { run = run.run })
      end
    end)
  end)
end

---Review what waits in this buffer, side by side with its text.
---@param where? codex_lsp.Where
function M.review(where)
  require('codex_lsp.review').open(place.buffer(where))
end

---Start the server anew, also where it has ended.
function M.restart()
  local function left()
    return vim.lsp.get_clients({ name = client.NAME })
  end
  local function stop(force)
    vim.iter(left()):each(function(each)
      each:stop(force)
    end)
    return vim.wait(3000, function()
      return #left() == 0
    end, 10)
  end
  if stop(false) or stop(true) then
    vim.lsp.enable(client.NAME)
  end
end

---For a statusline: `%{v:lua.require'codex_lsp'.status()}`.
---@return string
function M.status()
  return require('codex_lsp.status').text()
end

return M
