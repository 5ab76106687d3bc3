--- Lines over chains of steps, up to date after each pause.
local request = require('nablatex.request')
local M = {}

--- Neovim 0.11's vim.lsp.codelens.refresh does nothing while an earlier question waits: asked here, each change counts.
local function refresh(buffer)
  local client = request.client(buffer)
  if not client then return end
  local tick = vim.api.nvim_buf_get_changedtick(buffer)
  local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
  client:request('textDocument/codeLens', params, function(err, lenses, context)
    if err or not vim.api.nvim_buf_is_loaded(buffer) or vim.api.nvim_buf_get_changedtick(buffer) ~= tick then return end
    vim.lsp.codelens.on_codelens(nil, lenses or {}, context)
  end, buffer)
end

function M.attach(buffer, group)
  if vim.lsp.codelens.enable then
    vim.lsp.codelens.enable(true, { bufnr = buffer }) -- Neovim 0.12 keeps them up to date itself
  else
    require('nablatex.pause').each(buffer, group, refresh)
  end
end

return M
