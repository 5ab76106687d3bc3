--- Calls a function when a buffer is attached, and after each pause of its author, once the server has the text.
local M = {}
local PAUSE = 400

---@param refresh fun(buffer: integer)
function M.each(buffer, group, refresh)
  local timer = assert(vim.uv.new_timer())
  local function later()
    timer:start(PAUSE, 0, vim.schedule_wrap(function()
      if vim.api.nvim_buf_is_loaded(buffer) then refresh(buffer) end
    end))
  end
  vim.api.nvim_create_autocmd('LspNotify', {
    group = group,
    buffer = buffer,
    callback = function(event) if event.data.method == 'textDocument/didChange' then later() end end,
  })
  vim.api.nvim_create_autocmd('BufDelete', {
    group = group,
    buffer = buffer,
    callback = function() if not timer:is_closing() then timer:close() end end,
  })
  refresh(buffer)
end

return M
