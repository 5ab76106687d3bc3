--- Quiet marks at the ends of lines with checked steps.
local request = require('nablatex.request')
local M = {}
local namespace = vim.api.nvim_create_namespace('nablatex.marks')

local function show(buffer, answer)
  if not vim.api.nvim_buf_is_loaded(buffer) then return end
  local signs = require('nablatex').options.marks or {}
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  local last = vim.api.nvim_buf_line_count(buffer) - 1
  for _, mark in ipairs(answer.marks) do
    local sign, line = signs[mark.kind], mark.range['end'].line
    if sign and line <= last then
      vim.api.nvim_buf_set_extmark(buffer, namespace, line, 0, {
        virt_text = { { sign, 'NablatexMark' } },
        virt_text_pos = 'eol',
        hl_mode = 'combine',
      })
    end
  end
end

local function refresh(buffer)
  local client = request.client(buffer)
  if not client then return end
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  client:request('nablatex/marks', { textDocument = vim.lsp.util.make_text_document_params(buffer) }, function(err, answer)
    if err or not answer or not vim.api.nvim_buf_is_loaded(buffer) then return end
    if vim.api.nvim_buf_get_changedtick(buffer) == tick then show(buffer, answer) end
  end, buffer)
end

--- Keeps the marks of a buffer up to date.
function M.attach(buffer, group)
  vim.api.nvim_set_hl(0, 'NablatexMark', { link = 'DiagnosticOk', default = true })
  require('nablatex.pause').each(buffer, group, refresh)
end

return M
