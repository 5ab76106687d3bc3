-- The panel follows the cursor, keeps its place, is pinned, inserts and copies.
local s = require('support')
s.open()
local home = vim.api.nvim_get_current_win()
vim.cmd.NablatexPanel()
s.equal(vim.api.nvim_get_current_win(), home, 'the cursor stays in the document')
s.panel('No formula at the cursor')

s.on('frac{\\partial f}')
local shown = s.panel('= a bᵀ')
s.has(shown, '∂f/∂X')
s.has(shown, 'X : m×n')
s.has(shown, 'numerator layout')

s.has(shown, 'Steps (trace)')
for _, style in ipairs({ 'frobenius', 'perturbation' }) do
  s.press('s')
  s.panel('Steps (' .. style .. ')')
end
repeat
  local before = s.panel('Steps (')
  s.press('s')
  s.wait('another style', function() return s.panel('Steps (') ~= before end)
until s.panel('Steps ('):find('(trace)', 1, true)
shown = s.panel('Steps (trace)')

-- moving inside the formula changes nothing in the buffer: no flicker
local tick = vim.api.nvim_buf_get_changedtick(vim.fn.bufnr('nablatex://panel'))
s.on('partial X}')
vim.wait(400)
s.equal(vim.api.nvim_buf_get_changedtick(vim.fn.bufnr('nablatex://panel')), tick, 'changes of the panel')

s.on('X^\\top (Xb')
shown = s.panel('✗ fails')
s.has(shown, 'seed')
s.has(shown, 'Counterexample')
s.has(shown, 'the sides differ\n') -- the values are said once
s.has(shown, 'X db\n      power rule') -- no room for the rule beside it

s.press('p')
s.panel('(pinned)')
s.on('frac{\\partial f}')
vim.wait(400)
s.panel('✗ fails')
s.press('p')
s.panel('= a bᵀ')

s.press('i')
s.wait('the derivative', function() return s.text():find('\\partial X} = a b^\\top', 1, true) end)
s.panel('✓')

vim.ui.select = function(names, _, choose) choose(vim.tbl_contains(names, 'latex') and 'latex' or names[1]) end
s.press('y')
s.equal(vim.fn.getreg('"'), 'a b^\\top', 'copied')

-- typing: the panel goes along with the half-typed formula, and says what is missing
s.on('X^\\top (Xb')
vim.api.nvim_feedkeys('cf(X^\\top (', 'xt', false)
s.panel('2')
s.press('q')
s.equal(vim.fn.bufwinid('nablatex://panel'), -1, 'panel closed')
s.equal(vim.api.nvim_get_current_win(), home, 'window')
vim.cmd('qa!')
