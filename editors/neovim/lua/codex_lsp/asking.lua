-- What begins a run, or shows what one would send.
local client = require('codex_lsp.client')
local place = require('codex_lsp.place')

local M = {}

---Have the words, or ask for them, and go on with them.
---@param prompt string
---@param words? string
---@param on_words fun(words: string)
---@param on_none? fun() nothing was said
function M.with_words(prompt, words, on_words, on_none)
  if words and vim.trim(words) ~= '' then
    return on_words(words)
  end
  vim.ui.input({ prompt = prompt }, function(said)
    if said and vim.trim(said) ~= '' then
      on_words(said)
    elseif on_none then
      on_none()
    end
  end)
end

---Ask for a change of some lines, or of the definition around the cursor.
---@param words? string what is wanted; without it `vim.ui.input` asks
---@param where? codex_lsp.Where
function M.ask(words, where)
  local buf = place.buffer(where)
  local lines = place.held(buf, place.range_of(buf, where))
  M.with_words('Ask codex-agent: ', words, function(said)
    local argument = { uri = vim.uri_from_bufnr(buf), range = lines(), instruction = said }
    client.execute(buf, 'codexLsp.ask', argument)
  end, lines)
end

-- As LSP has them; columns are bytes in Neovim.
local function to_lsp(buf, each, encoding)
  local function position(line, column)
    local text = vim.api.nvim_buf_get_lines(buf, line, line + 1, false)[1] or ''
    local character = vim.str_utfindex(text, encoding, math.min(column, #text), false)
    return { line = line, character = character }
  end
  return {
    range = {
      start = position(each.lnum, each.col),
      ['end'] = position(each.end_lnum or each.lnum, each.end_col or each.col),
    },
    message = each.message,
    severity = each.severity,
    source = each.source,
    code = each.code,
  }
end

---Fix the diagnostics, whoever they come from, of some lines or of the cursor's line.
---@param words? string what else is to be said
---@param where? codex_lsp.Where
function M.fix(words, where)
  local buf = place.buffer(where)
  local server = client.of(buf)
  if not server then
    return
  end
  local first = where and where.first or place.cursor_line(buf) + 1
  local last = where and where.last or first
  local problems = {}
  for _, each in ipairs(vim.diagnostic.get(buf)) do
    local ends = each.end_lnum or each.lnum
    if each.source ~= 'codex-lsp' and each.lnum < last and ends >= first - 1 then
      table.insert(problems, to_lsp(buf, each, server.offset_encoding))
    end
  end
  if #problems == 0 and not words then
    return client.notify('There is no diagnostic here.')
  end
  client.execute(buf, 'codexLsp.fix', {
    uri = vim.uri_from_bufnr(buf),
    range = place.range_of(buf, { first = first, last = last }),
    diagnostics = problems,
    instruction = words,
  })
end

---Explain some lines, or the definition around the cursor.
---@param words? string a question
---@param where? codex_lsp.Where
function M.explain(words, where)
  local buf = place.buffer(where)
  local argument = { uri = vim.uri_from_bufnr(buf), range = place.range_of(buf, where), instruction = words }
  client.execute(buf, 'codexLsp.explain', argument)
end

---Show what `ask` would send, and send nothing.
---@param words? string
---@param where? codex_lsp.Where
function M.show_prompt(words, where)
  local buf = place.buffer(where)
  local lines = place.held(buf, place.range_of(buf, where))
  M.with_words('Show the prompt for: ', words, function(said)
    local argument = { uri = vim.uri_from_bufnr(buf), range = lines(), instruction = said }
    client.execute(buf, 'codexLsp.showPrompt', argument)
  end, lines)
end

return M
