-- A server that is killed is started again, and what it showed is back.
local s = require('support')
local pid = vim.fn.tempname()
local buffer = s.open({ cmd = { 'sh', '-c', 'echo $$ > ' .. pid .. '; exec "$@"', 'sh', unpack(s.server) } })
s.wait('a diagnostic', function() return #vim.diagnostic.get(buffer) > 0 end)
local first = s.client().id
vim.uv.kill(tonumber(vim.fn.readfile(pid)[1]), 'sigkill')
s.wait('another server', function() return s.client() and s.client().id ~= first end)
s.wait('the diagnostic', function() return #vim.diagnostic.get(buffer) > 0 end)
s.on('frac{\\partial f}')
vim.cmd.NablatexDerive()
s.wait('the derivative', function() return s.text():find('\\partial X} = a b^\\top', 1, true) end)

local second = s.client().id
vim.cmd.NablatexRestart()
s.wait('a new server', function() return s.client() and s.client().id > second end)
s.equal(#vim.lsp.get_clients({ name = 'nablatex' }), 1, 'servers')
s.wait('the diagnostic', function() return #vim.diagnostic.get(buffer) > 0 end)
s.equal(#vim.tbl_filter(function(m) return m:find('settings') end, s.messages), 0, 'complaints about settings')
vim.cmd('qa!')
