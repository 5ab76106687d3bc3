--- Every symbol of a document in the location list: its shape, where that is from, what was guessed.
local request = require('nablatex.request')
local M = {}

function M.show()
  local window = vim.api.nvim_get_current_win()
  local buffer = vim.api.nvim_win_get_buf(window)
  local client = request.client(buffer)
  if not client then return request.say('no server is attached to this buffer; see :checkhealth nablatex') end
  local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  client:request('nablatex/declarations', params, function(err, answer)
    if err or not answer or answer == vim.NIL then return request.say(err and err.message or 'no answer') end
    local items = {}
    for _, symbol in ipairs(answer.symbols) do
      local range = symbol.range ~= vim.NIL and symbol.range or nil
      local item = { bufnr = buffer, text = ('%s : %s (%s)'):format(symbol.name, symbol.shape, symbol.origin) }
      if range then
        local line = vim.api.nvim_buf_get_lines(buffer, range.start.line, range.start.line + 1, false)[1] or ''
        item.lnum = range.start.line + 1
        item.col = vim.str_byteindex(line, client.offset_encoding, range.start.character, false) + 1
      end
      table.insert(items, item)
    end
    vim.fn.setloclist(window, {}, ' ', { title = 'Symbols', items = items })
    vim.api.nvim_win_call(window, function() vim.cmd.lopen() end)
  end, buffer)
end

return M
