-- Commands, marks, lenses and hints, with words before the formula whose characters take several bytes.
local s = require('support')
local buffer = s.open({ inlay_hints = true })
s.equal(s.client().offset_encoding, 'utf-8', 'encoding')

s.on('frac{\\partial f}')
vim.cmd.NablatexDerive()
s.wait('the derivative', function() return s.text():find('∂é 𝔸: $\\frac{\\partial f}{\\partial X} = a b^\\top$', 1, true) end)

s.on('X^\\top (Xb')
vim.cmd.NablatexCheck()
s.said('fails')

s.on('Words')
vim.cmd.NablatexDerive()
s.said('there is no formula here')

-- steps as virtual lines: shown, hidden
local virtual = vim.api.nvim_get_namespaces()['nablatex.steps']
local function steps()
  virtual = virtual or vim.api.nvim_get_namespaces()['nablatex.steps']
  local found = virtual and vim.api.nvim_buf_get_extmarks(buffer, virtual, 0, -1, { details = true })[1]
  return found and found[4].virt_lines
end
s.on('frac{\\partial f}')
vim.cmd.NablatexSteps()
s.wait('the steps', function() return steps() and #steps() >= 3 end)
s.has(vim.iter(steps()):map(function(line) return line[1][1] .. line[2][1] end):join('\n'), 'bᵀ')
vim.cmd.NablatexSteps()
s.equal(steps(), nil, 'steps')

local marks = vim.api.nvim_get_namespaces()['nablatex.marks']
s.wait('a mark', function() return #vim.api.nvim_buf_get_extmarks(buffer, marks, 0, -1, {}) >= 2 end)
local place = vim.api.nvim_buf_get_extmarks(buffer, marks, 0, -1, { details = true })[1]
s.equal(place[4].virt_text[1][1], '✓', 'mark')

s.wait('a lens', function()
  return vim.iter(vim.lsp.codelens.get(buffer)):any(function(l) return l.command and l.command.title:find('steps proved') end)
end)
s.wait('a shape', function() return #vim.lsp.inlay_hint.get({ bufnr = buffer }) > 0 end)

s.on('Xb - a')
vim.lsp.buf.hover()
local function hover()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then return s.text(vim.api.nvim_win_get_buf(window)) end
  end
end
s.wait('the hover', hover)
s.has(hover(), 'm×n')

s.on('nabla_b')
vim.cmd.NablatexDerivation()
s.wait('the derivation', function() return s.text():find('product rule', 1, true) end)

vim.cmd.NablatexDeclarations()
s.wait('the symbols', function() return #vim.fn.getloclist(0) >= 4 end)
local symbols = vim.iter(vim.fn.getloclist(0)):map(function(i) return i.text end):join('\n')
s.has(symbols, 'X : m×n (declared)')
vim.cmd.lclose()

-- symbols: their declaration, a new name
s.on('A^\\top) b')
vim.lsp.buf.rename('C')
s.wait('the new name', function() return s.text():find('C^\\top) b', 1, true) and s.text():find('$C\\in', 1, true) end)
s.on('C^\\top) b')
vim.lsp.buf.definition()
s.wait('the declaration', function() return vim.api.nvim_win_get_cursor(0)[1] == 3 end)

-- completion behind the equals sign
s.on('is what we want')
vim.api.nvim_feedkeys('O$\\nabla_a f = $', 'xt', false)
local client = s.client()
vim.wait(300)
local line = vim.api.nvim_win_get_cursor(0)[1] - 1
local answer = client:request_sync('textDocument/completion', {
  textDocument = vim.lsp.util.make_text_document_params(),
  position = { line = line, character = #vim.api.nvim_get_current_line() - 1 },
}, s.patience, 0)
s.equal(answer.result[1].label, 'Xb', 'completion')

-- a setting changes what is shown, without a restart
require('nablatex').configure({ surfaces = { diagnostics = false, marks = false } })
s.wait('the diagnostics to go', function() return #vim.diagnostic.get(buffer) == 0 end)
s.equal(#vim.lsp.get_clients({ name = 'nablatex' }), 1, 'servers')
vim.cmd('qa!')
