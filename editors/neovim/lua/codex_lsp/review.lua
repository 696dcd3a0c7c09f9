-- A review side by side: the buffer, and what it would be, as two windows in diff mode.
--
-- What is proposed is the server's to know. The buffer beside is made anew from its code actions whenever its
-- diagnostics change, which is after each accept and reject and after what is typed meanwhile.
local client = require('codex_lsp.client')

local M = {}

-- Not in a bar above: the lines would not be beside each other.
local BAR = ' proposed: a accept, r reject (A, R all), ]c [c, q close%<'

---@class codex_lsp.Review
---@field buf integer the person's
---@field beside integer what is proposed for it
---@field window integer
---@field home integer the window of the person's buffer
---@field diff boolean whether that was in diff mode before
---@field shown { hunk: codex_lsp.Hunk, first: integer, last: integer }[] lines beside, zero-based, inclusive
---@field group integer

---@type table<integer, codex_lsp.Review> by the person's buffer
local reviews = {}

---The lines beside, and where each change is in them. Edits are applied as Neovim applies them.
---@param review codex_lsp.Review
---@param hunks codex_lsp.Hunk[]
---@param encoding string
local function fill(review, hunks, encoding)
  local lines = vim.api.nvim_buf_get_lines(review.buf, 0, -1, false)
  local edits, moved = {}, 0
  review.shown = {}
  for _, hunk in ipairs(hunks) do
    local range, text = hunk.text.range, hunk.text.newText
    local removed = range['end'].line - range.start.line
    local added = select(2, text:gsub('\n', ''))
    local first = range.start.line + moved
    local ends_line = added > 0 and text:sub(-1) == '\n'
    table.insert(review.shown, { hunk = hunk, first = first, last = first + added - (ends_line and 1 or 0) })
    table.insert(edits, hunk.text)
    moved = moved + added - removed
  end
  vim.bo[review.beside].modifiable = true
  vim.api.nvim_buf_set_lines(review.beside, 0, -1, false, lines)
  vim.lsp.util.apply_text_edits(edits, review.beside, encoding)
  vim.bo[review.beside].modifiable = false
  vim.bo[review.beside].modified = false
end

---@param review codex_lsp.Review
local function close(review)
  if reviews[review.buf] ~= review then
    return
  end
  reviews[review.buf] = nil
  vim.api.nvim_del_augroup_by_id(review.group)
  if vim.api.nvim_win_is_valid(review.home) and not review.diff then
    vim.api.nvim_win_call(review.home, vim.cmd.diffoff)
  end
  if vim.api.nvim_buf_is_valid(review.beside) then
    vim.api.nvim_buf_delete(review.beside, { force = true })
  end
end

---@param review codex_lsp.Review
local function refresh(review)
  client.hunks(review.buf, client.whole(review.buf), function(hunks, server)
    if reviews[review.buf] ~= review then
      return
    elseif #hunks == 0 then
      close(review)
      return client.notify('Nothing waits in this buffer any more.')
    end
    fill(review, hunks, server.offset_encoding)
    if vim.api.nvim_win_is_valid(review.window) then
      vim.api.nvim_win_call(review.window, vim.cmd.diffupdate)
    end
  end)
end

---The change at the cursor of the window beside.
---@param review codex_lsp.Review
---@return codex_lsp.Hunk?
local function here(review)
  local line = vim.api.nvim_win_get_cursor(review.window)[1] - 1
  local nearest, least = nil, math.huge
  for _, shown in ipairs(review.shown) do
    local away = math.max(shown.first - line, line - shown.last, 0)
    if away < least then
      nearest, least = shown.hunk, away
    end
  end
  -- What only removes lines has none beside: it is between two of them.
  return least <= 1 and nearest or nil
end

---@param review codex_lsp.Review
---@param deed fun(buf: integer, hunk: codex_lsp.Hunk)
local function with_hunk(review, deed)
  local hunk = here(review)
  if hunk then
    deed(review.buf, hunk)
  else
    client.notify('No proposed change here; ]c goes to the next one.')
  end
end

---Each proposal that has a change here.
---@param review codex_lsp.Review
---@param command string
local function with_all(review, command)
  local ids = {}
  for _, shown in ipairs(review.shown) do
    ids[shown.hunk.reject.proposal] = true
  end
  for id in pairs(ids) do
    client.execute(review.buf, command, { proposal = id })
  end
end

---@param review codex_lsp.Review
local function map(review)
  local function key(keys, desc, deed)
    vim.keymap.set('n', keys, deed, { buffer = review.beside, nowait = true, desc = 'Codex: ' .. desc })
  end
  key('a', 'accept this change', function()
    with_hunk(review, client.accept)
  end)
  key('r', 'reject this change', function()
    with_hunk(review, client.reject)
  end)
  key('A', 'accept all', function()
    with_all(review, 'codexLsp.accept')
  end)
  key('R', 'reject all', function()
    with_all(review, 'codexLsp.reject')
  end)
  key('q', 'close the review', function()
    close(review)
  end)
end

---@param review codex_lsp.Review
local function watch(review)
  vim.api.nvim_create_autocmd('DiagnosticChanged', {
    group = review.group,
    buffer = review.buf,
    callback = function()
      refresh(review)
    end,
  })
  vim.api.nvim_create_autocmd('BufWipeout', {
    group = review.group,
    buffer = review.beside,
    callback = function()
      vim.schedule(function()
        close(review)
      end)
    end,
  })
end

---@param buf integer
---@return codex_lsp.Review
local function show(buf)
  local home = vim.fn.bufwinid(buf)
  local beside = vim.api.nvim_create_buf(false, true)
  vim.bo[beside].bufhidden = 'wipe'
  vim.api.nvim_buf_set_name(beside, ('codex-lsp://%d/%s'):format(beside, vim.fn.bufname(buf)))
  local window = vim.api.nvim_open_win(beside, true, { split = 'right', win = home })
  vim.wo[window][0].statusline = BAR
  return {
    buf = buf,
    beside = beside,
    window = window,
    home = home,
    diff = vim.wo[home].diff,
    shown = {},
    group = vim.api.nvim_create_augroup('codex_lsp_review_' .. buf, {}),
  }
end

---@param buf integer
function M.open(buf)
  local known = reviews[buf]
  if known and vim.api.nvim_win_is_valid(known.window) then
    return vim.api.nvim_set_current_win(known.window)
  end
  client.hunks(buf, client.whole(buf), function(hunks, server)
    if #hunks == 0 then
      return client.notify('Nothing waits in this buffer.')
    elseif vim.fn.bufwinid(buf) == -1 then
      return
    end
    local review = show(buf)
    reviews[buf] = review
    fill(review, hunks, server.offset_encoding)
    -- By hand and not by its type: no other server is to be started for it.
    vim.bo[review.beside].syntax = vim.bo[buf].filetype
    map(review)
    watch(review)
    for _, window in ipairs({ review.home, review.window }) do
      vim.api.nvim_win_call(window, vim.cmd.diffthis)
    end
    vim.api.nvim_win_set_cursor(review.window, { review.shown[1].first + 1, 0 })
  end)
end

return M
