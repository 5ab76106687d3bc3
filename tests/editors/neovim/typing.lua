-- A long document is checked while its author goes on: her edits are made, and what is shown is for the last text.
local s = require('support')
local buffer = s.open()
local wrong, right = {}, {}
for k = 1, 40 do
  table.insert(wrong, ('\\[ \\nabla_b\\, %d a^\\top X b = %d X^\\top b \\]'):format(k, k))
  table.insert(right, ('\\[ \\nabla_b\\, %d a^\\top X b = %d X^\\top a \\]'):format(k, k))
end
local last = vim.api.nvim_buf_line_count(buffer) - 1
vim.api.nvim_buf_set_lines(buffer, last, last, false, wrong)
vim.wait(200) -- the check is on its way
s.on('frac{\\partial f}')
vim.cmd.NablatexDerive()
s.wait('the derivative', function() return s.text():find('\\partial X} = a b^\\top', 1, true) end)
s.wait('41 wrong steps', function() return #vim.diagnostic.get(buffer) == 41 end)

-- mended all at once: no diagnostic stays behind
vim.api.nvim_buf_set_lines(buffer, last, last + #wrong, false, right)
s.wait('one wrong step', function() return #vim.diagnostic.get(buffer) == 1 end)
vim.api.nvim_buf_set_lines(buffer, last, last + #right, false, wrong)
s.wait('41 wrong steps again', function() return #vim.diagnostic.get(buffer) == 41 end)
vim.cmd('qa!')
