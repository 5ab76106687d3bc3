-- Formulas worked out in place and opened as programs: at the cursor, and in a selection.
local s = require('support')
local buffer = s.open()
local home = vim.api.nvim_get_current_win()

-- a whole formula: the result goes behind it
vim.api.nvim_buf_set_lines(buffer, -2, -1, false, {
  '∂é 𝔸: $\\begin{pmatrix} 1 & 2 \\\\ 0 & 3 \\end{pmatrix}^2$ and $A (A + A) b$.',
  '\\end{document}',
})
s.on('begin{pmatrix}')
vim.cmd.NablatexEvaluate()
s.wait('the square', function()
  return s.text():find('^2 = \\begin{pmatrix} 1 & 8 \\\\ 0 & 9 \\end{pmatrix}$', 1, true)
end)
s.on('A (A + A) b')
vim.cmd.NablatexEvaluate('simplify')
s.wait('the product', function() return s.text():find('A (A + A) b = 2AAb$', 1, true) or s.text():find('A (A + A) b = 2A^2', 1, true) end)

-- a selected part: the result takes its place
s.on('(A + A) b')
vim.api.nvim_feedkeys(vim.keycode('vf):NablatexEvaluate simplify<CR>'), 'xt', false)
s.wait('the sum', function() return s.text():find('A \\left(2A\\right) b', 1, true) end)

-- what cannot be worked out is said
s.on('Xb - a')
vim.cmd.NablatexEvaluate('det')
s.said('nablatex: ')

-- programs: of the formula, with a check, of a selection
local function program(words)
  s.wait('the program', function() return vim.api.nvim_get_current_win() ~= home and s.text():find(words) ~= nil end)
  local found, filetype = s.text(), vim.bo.filetype
  vim.cmd('bwipeout!')
  vim.api.nvim_set_current_win(home)
  return found, filetype
end
s.on('nabla_b')
vim.cmd.NablatexExport('julia')
local _, filetype = program('function')
s.equal(filetype, 'julia', 'filetype')
vim.cmd('NablatexExport! jax')
program('def check_derivative')
vim.ui.select = function(names, _, choose) choose(names[1]) end
vim.cmd.NablatexExport()
program('import numpy')
s.on('Xb - a')
vim.api.nvim_feedkeys(vim.keycode('v5l:NablatexExport numpy<CR>'), 'xt', false)
s.has(program('return'), 'X @ b - a')
vim.cmd('qa!')
