--- :checkhealth nablatex
local M = {}

local function server(command)
  local health = vim.health
  if vim.fn.executable(command[1]) ~= 1 then
    health.error(('%s is not executable'):format(command[1]), {
      'install the server: pip install nablatex',
      "or say where it is: require('nablatex').setup({ cmd = { '/path/to/nablatex', 'lsp' } })",
    })
    return
  end
  local words = vim.list_slice(command, 1, #command - (command[#command] == 'lsp' and 1 or 0))
  local ok, done = pcall(function()
    return vim.system(vim.list_extend(words, { '--version' }), { text = true, timeout = 10000 }):wait()
  end)
  if ok and done.code == 0 then
    health.ok(vim.trim(done.stdout) .. ' (' .. table.concat(command, ' ') .. ')')
  else
    health.error('the server does not start', { vim.trim(ok and done.stderr or tostring(done)) })
  end
end

function M.check()
  local health = vim.health
  health.start('nablatex')
  if vim.fn.has('nvim-0.11') == 1 then
    health.ok('Neovim 0.11 or later')
  else
    health.error('Neovim 0.11 or later is needed')
    return
  end
  server(require('nablatex').options.cmd)
  local clients = vim.lsp.get_clients({ name = 'nablatex' })
  if #clients == 0 then
    health.info('no buffer is served yet: open a LaTeX or Markdown document')
  end
  for _, client in ipairs(clients) do
    local buffers = vim.tbl_count(client.attached_buffers)
    health.ok(('attached to %d buffer%s, positions in %s'):format(buffers, buffers == 1 and '' or 's', client.offset_encoding))
  end
end

return M
