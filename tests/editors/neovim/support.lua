-- What the scripts of this folder share: waiting, failing, typing, a document with the plugin at work.
local M = {}

--- Milliseconds after which what is waited for will not come: many, since machines are busy.
M.patience = 120000

function M.fail(words)
  io.stderr:write(words .. '\n')
  os.exit(1)
end

function M.wait(what, ready)
  if not vim.wait(M.patience, ready, 20) then
    M.fail(('waited in vain for %s\n%s\n%s'):format(what, table.concat(M.messages, '\n'), debug.traceback()))
  end
end

function M.equal(found, expected, what)
  if not vim.deep_equal(found, expected) then
    M.fail(('%s: %s, expected %s\n%s'):format(what or 'value', vim.inspect(found), vim.inspect(expected), debug.traceback()))
  end
end

function M.has(text, part)
  if not text:find(part, 1, true) then M.fail(('no %q in\n%s\n%s'):format(part, text, debug.traceback())) end
end

function M.text(buffer) return table.concat(vim.api.nvim_buf_get_lines(buffer or 0, 0, -1, false), '\n') end

--- Puts the cursor on the first character of the first place that holds these words.
function M.on(words)
  for k, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local at = line:find(words, 1, true)
    if at then
      vim.api.nvim_win_set_cursor(0, { k, at - 1 })
      return vim.api.nvim_exec_autocmds('CursorMoved', {})
    end
  end
  M.fail('no ' .. words .. ' in the document')
end

M.server = { vim.env.NABLATEX_PYTHON, '-m', 'nablatex.cli.main', 'lsp' }

--- Messages of the server and of the plugin, as the author sees them.
M.messages = {}

--- The plugin set up, the document open, the server ready.
function M.open(options)
  vim.opt.runtimepath:append(vim.env.NABLATEX_CLIENT)
  vim.notify = function(words) table.insert(M.messages, words) end
  vim.lsp.handlers['window/showMessage'] = function(_, message) table.insert(M.messages, message.message) end
  require('nablatex').setup(vim.tbl_extend('force', { cmd = M.server }, options or {}))
  vim.cmd('filetype on')
  vim.cmd.edit(vim.env.NABLATEX_FILE)
  M.wait('the server', M.client)
  return vim.api.nvim_get_current_buf()
end

function M.client()
  local client = vim.lsp.get_clients({ name = 'nablatex' })[1]
  return client and client.initialized and client or nil
end

function M.said(part)
  M.wait('the message ' .. part, function()
    return vim.iter(M.messages):any(function(m) return m:find(part, 1, true) ~= nil end)
  end)
end

--- The panel's text, once it shows these words.
function M.panel(part)
  local function shown()
    local buffer = vim.fn.bufnr('nablatex://panel')
    return buffer > 0 and M.text(buffer) or ''
  end
  local ok = vim.wait(M.patience, function() return shown():find(part, 1, true) ~= nil end, 20)
  if not ok then M.fail(('the panel does not show %q but\n%s\n%s'):format(part, shown(), debug.traceback())) end
  return shown()
end

--- Presses a key in the panel's window.
function M.press(key)
  local window = vim.fn.bufwinid('nablatex://panel')
  vim.api.nvim_win_call(window, function() vim.api.nvim_feedkeys(key, 'xt', false) end)
end

return M
