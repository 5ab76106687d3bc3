--- Asking the server: the derivation at the cursor, an action carried out.
local M = {}

---@param buffer? integer
---@return vim.lsp.Client?
function M.client(buffer)
  return vim.lsp.get_clients({ bufnr = buffer or 0, name = 'nablatex' })[1]
end

local function say(words, level) vim.notify('nablatex: ' .. words, level or vim.log.levels.WARN) end
M.say = say

--- nablatex/derivation at the cursor of a window.  The handler gets the answer (nil outside formulas) and the client.
---@param window integer
---@param style? string
function M.derivation(window, style, handler)
  local buffer = vim.api.nvim_win_get_buf(window)
  local client = M.client(buffer)
  if not client then return false end
  local params = vim.lsp.util.make_position_params(window, client.offset_encoding)
  params.style = style
  return client:request('nablatex/derivation', params, function(err, answer)
    -- ContentModified: the text went on, and so will whoever asks
    if not err and answer == vim.NIL then answer = nil end
    handler(not err and answer or nil, client, err)
  end, buffer)
end

--- Carries out an action of an answer: resolves it and applies its edit, or runs its command.
function M.act(client, buffer, action)
  if (action.data or {})['do'] == 'check' then
    client:request('workspace/executeCommand', { command = 'nablatex.check', arguments = { action.data } }, function(err)
      if err then say(err.message) end
    end, buffer)
    return
  end
  client:request('codeAction/resolve', action, function(err, resolved)
    if err then return say(err.message) end
    -- without an edit the server has said why in a message
    if resolved and resolved.edit then
      vim.lsp.util.apply_workspace_edit(resolved.edit, client.offset_encoding)
    end
  end, buffer)
end

--- Finds the action of a kind ("insert", "derivation", "check") for the formula at the cursor, and carries it out.
---@param missing string what to say where there is none
function M.run(what, missing, style)
  local window = vim.api.nvim_get_current_win()
  local buffer = vim.api.nvim_win_get_buf(window)
  local asked = M.derivation(window, style, function(answer, client, err)
    if err then return say(err.message) end
    if not answer then return say('there is no formula here') end
    for _, action in ipairs(answer.actions) do
      if (action.data or {})['do'] == what then
        if style then action.data.style = style end
        return M.act(client, buffer, action)
      end
    end
    say(answer.reason ~= '' and answer.reason or missing)
  end)
  if not asked then say('no server is attached to this buffer; see :checkhealth nablatex') end
end

return M
