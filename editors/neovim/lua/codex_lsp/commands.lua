-- The commands of a buffer that the server is attached to.
local M = {}

---@class codex_lsp.Command
---@field desc string
---@field range? true lines may be given
---@field words? true text may follow
---@field bang? true all, and not one
---@field run fun(words?: string, all: boolean, where?: codex_lsp.Where)

---@return table<string, codex_lsp.Command>
local function commands()
  local codex = require('codex_lsp')
  local function plain(name)
    return function()
      codex[name]()
    end
  end
  local function worded(name)
    return function(words, _, where)
      codex[name](words, where)
    end
  end
  local function whole(name)
    return function(_, all)
      codex[name](all)
    end
  end
  return {
    Ask = { desc = 'ask for a change', range = true, words = true, run = worded('ask') },
    Fix = { desc = 'fix the diagnostics', range = true, words = true, run = worded('fix') },
    Explain = { desc = 'explain', range = true, words = true, run = worded('explain') },
    ShowPrompt = { desc = 'what would be sent', range = true, words = true, run = worded('show_prompt') },
    Refine = { desc = 'say what is to be different', words = true, run = worded('refine') },
    Accept = { desc = 'accept the change here, ! all', bang = true, run = whole('accept') },
    Reject = { desc = 'reject the change here, ! all', bang = true, run = whole('reject') },
    Cancel = { desc = 'stop a run, ! all', bang = true, run = whole('cancel') },
    Undo = { desc = 'take back what was accepted last', run = plain('undo') },
    Review = { desc = 'review side by side', run = plain('review') },
    ShowDiff = { desc = 'a proposal as a diff', run = plain('show_diff') },
    Offer = { desc = 'what a stopped run had made', run = plain('offer') },
    Runs = { desc = 'the runs on record', run = plain('runs') },
    Status = { desc = 'how it is', run = plain('show_status') },
  }
end

local PREFIX = 'LspCodex'

---@param buf integer
function M.attach(buf)
  for name, command in pairs(commands()) do
    vim.api.nvim_buf_create_user_command(buf, PREFIX .. name, function(given)
      local where = given.range > 0 and { first = given.line1, last = given.line2 } or nil
      command.run(given.args ~= '' and given.args or nil, given.bang, where)
    end, {
      desc = 'Codex: ' .. command.desc,
      range = command.range,
      nargs = command.words and '*' or 0,
      bang = command.bang,
    })
  end
end

---@param buf integer
function M.detach(buf)
  if not vim.api.nvim_buf_is_valid(buf) then
    return
  end
  local own = vim.api.nvim_buf_get_commands(buf, {})
  for name in pairs(commands()) do
    if own[PREFIX .. name] then
      vim.api.nvim_buf_del_user_command(buf, PREFIX .. name)
    end
  end
end

return M
