--- The steps of a derivation as virtual lines below the formula at the cursor.
local request = require('nablatex.request')
local M = {}
local namespace = vim.api.nvim_create_namespace('nablatex.steps')

local function show(buffer, answer)
  local width = 0
  for _, step in ipairs(answer.steps) do
    width = math.max(width, vim.fn.strdisplaywidth(step.text))
  end
  local lines = {}
  for _, step in ipairs(answer.steps) do
    local gap = string.rep(' ', width - vim.fn.strdisplaywidth(step.text) + 3)
    table.insert(lines, { { '    ' .. step.text, 'NablatexStep' }, { gap .. step.rule, 'NablatexRule' } })
  end
  vim.api.nvim_buf_set_extmark(buffer, namespace, answer.range['end'].line, 0, { virt_lines = lines })
end

--- Shows the steps; hides them where they are shown already and no other style is asked for.
---@param style? string
function M.toggle(style)
  local window = vim.api.nvim_get_current_win()
  local buffer = vim.api.nvim_win_get_buf(window)
  local shown = #vim.api.nvim_buf_get_extmarks(buffer, namespace, 0, -1, { limit = 1 }) > 0
  vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1)
  if shown and not style then return end
  vim.api.nvim_set_hl(0, 'NablatexStep', { link = 'Normal', default = true })
  vim.api.nvim_set_hl(0, 'NablatexRule', { link = 'Comment', default = true })
  local asked = request.derivation(window, style, function(answer)
    if not answer or #answer.steps == 0 then
      return request.say(answer and answer.reason ~= '' and answer.reason or 'there are no steps to show here')
    end
    show(buffer, answer)
    -- what is shown is for the text as it is: the first change takes it away
    vim.api.nvim_create_autocmd({ 'TextChanged', 'TextChangedI' }, {
      buffer = buffer,
      once = true,
      callback = function() vim.api.nvim_buf_clear_namespace(buffer, namespace, 0, -1) end,
    })
  end)
  if not asked then request.say('no server is attached to this buffer; see :checkhealth nablatex') end
end

return M
