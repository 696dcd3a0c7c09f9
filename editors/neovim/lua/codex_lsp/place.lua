-- Where something is meant: which buffer, which lines.
local M = {}

local namespace = vim.api.nvim_create_namespace('codex_lsp')

---@class codex_lsp.Where
---@field buf? integer the current one
---@field first? integer one-based; without it what is around the cursor is meant
---@field last? integer

---@param where? codex_lsp.Where
---@return integer
function M.buffer(where)
  local buf = where and where.buf or 0
  return buf == 0 and vim.api.nvim_get_current_buf() or buf
end

---@param buf integer
---@return integer zero-based
function M.cursor_line(buf)
  local window = vim.fn.bufwinid(buf)
  return window == -1 and 0 or vim.api.nvim_win_get_cursor(window)[1] - 1
end

---The range that is meant; an empty one is widened by the server.
---@param buf integer
---@param where? codex_lsp.Where
---@return lsp.Range
function M.range_of(buf, where)
  if where and where.first then
    local after = { line = where.last or where.first, character = 0 }
    return { start = { line = where.first - 1, character = 0 }, ['end'] = after }
  end
  local place = { line = M.cursor_line(buf), character = 0 }
  return { start = place, ['end'] = place }
end

---A range that keeps its lines while the person writes, or is asked; marks move with the text.
---@param buf integer
---@param range lsp.Range
---@return fun(): lsp.Range release once
function M.held(buf, range)
  local function mark(line)
    local last = vim.api.nvim_buf_line_count(buf)
    return vim.api.nvim_buf_set_extmark(buf, namespace, math.min(line, last), 0, {})
  end
  local first, last = mark(range.start.line), mark(range['end'].line)
  local function release(id)
    local line = vim.api.nvim_buf_get_extmark_by_id(buf, namespace, id, {})[1]
    vim.api.nvim_buf_del_extmark(buf, namespace, id)
    return { line = line, character = 0 }
  end
  return function()
    local start = release(first)
    return { start = start, ['end'] = release(last) }
  end
end

return M
