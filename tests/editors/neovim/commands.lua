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
local float = s.wait('the hover', function()
  return vim.iter(vim.api.nvim_list_wins()):find(function(w) return vim.api.nvim_win_get_config(w).relative ~= '' end)
end)
s.equal(float, true, 'hover')

-- a setting changes what is shown, without a restart
require('nablatex').configure({ surfaces = { diagnostics = false, marks = false } })
s.wait('the diagnostics to go', function() return #vim.diagnostic.get(buffer) == 0 end)
s.equal(#vim.lsp.get_clients({ name = 'nablatex' }), 1, 'servers')
vim.cmd('qa!')
