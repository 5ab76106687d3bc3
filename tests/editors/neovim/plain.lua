-- Drives Neovim as an author would: opens a document, sees the diagnostic, mends it, inserts a derivative.
local function fail(words)
  io.stderr:write(words .. '\n')
  os.exit(1)
end
local function wait(what, ready)
  if not vim.wait(120000, ready, 20) then fail('waited in vain for ' .. what) end
end

vim.opt.runtimepath:append(vim.env.NABLATEX_CLIENT)
vim.lsp.config('nablatex', { cmd = { vim.env.NABLATEX_PYTHON, '-m', 'nablatex.cli.main', 'lsp' } })
vim.lsp.enable('nablatex')
vim.cmd('filetype on')
vim.cmd.edit(vim.env.NABLATEX_FILE)
local buffer = vim.api.nvim_get_current_buf()

wait('the server', function()
  local client = vim.lsp.get_clients({ bufnr = buffer })[1]
  return client and client.initialized
end)
wait('a diagnostic', function() return #vim.diagnostic.get(buffer) > 0 end)
local found = vim.diagnostic.get(buffer)[1]
io.stdout:write('diagnostic ' .. found.code .. ' line ' .. (found.lnum + 1) .. '\n')

local function text() return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n') end
local function act(kind, expected)
  vim.lsp.buf.code_action({ context = { only = { kind }, diagnostics = {} }, apply = true, filter = function(a)
    return a.isPreferred or a.title == 'Insert derivative'
  end })
  wait(expected, function() return text():find(expected, 1, true) end)
end

vim.api.nvim_win_set_cursor(0, { found.lnum + 1, found.col })
act('quickfix', '2X^\\top (Xb - a)')
wait('the diagnostic to go', function() return #vim.diagnostic.get(buffer) == 0 end)
vim.fn.search('frac{\\\\partial f}')
act('refactor.rewrite', '= a b^\\top')
io.stdout:write(text() .. '\n')
vim.cmd('qa!')
