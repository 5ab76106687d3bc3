--- Working a formula out in place, and exporting it as a program: what is selected, or the formula at the cursor.
local request = require('nablatex.request')
local M = {}

M.languages = { 'numpy', 'jax', 'torch', 'julia', 'matlab', 'sympy' }
M.operations = {
  'evaluate', 'numerically', 'simplify', 'expand', 'factor', 'det', 'inverse', 'transpose', 'rank', 'rref', 'charpoly',
  'eigenvalues', 'eigenvectors', 'nullspace', 'lu', 'qr', 'cholesky', 'svd', 'exponential',
}
local FILETYPES = { jl = 'julia', m = 'matlab', py = 'python' }

--- The range of the last selection where a command was given on one, else the cursor; in the terms of the protocol.
local function place(client, given)
  local window = vim.api.nvim_get_current_win()
  if given.range == 0 then
    local here = vim.lsp.util.make_position_params(window, client.offset_encoding)
    return here.textDocument, { start = here.position, ['end'] = here.position }
  end
  -- marks are (1,0)-indexed and hold the last character; a selection of lines ends at an imaginary column
  local first, last = vim.api.nvim_buf_get_mark(0, '<'), vim.api.nvim_buf_get_mark(0, '>')
  if first[1] ~= given.line1 or last[1] ~= given.line2 then -- lines were named, nothing was selected
    first, last = { given.line1, 0 }, { given.line2, vim.v.maxcol }
  end
  local line = vim.api.nvim_buf_get_lines(0, last[1] - 1, last[1], true)[1]
  last[2] = math.max(math.min(last[2], #line - 1), 0)
  local found = vim.lsp.util.make_given_range_params(first, last, 0, client.offset_encoding)
  return found.textDocument, found.range
end

--- Asks the server about the buffer at hand, which is named: for buffer 0 Neovim 0.11 would not send the last changes first.
local function ask(method, params, handler)
  local buffer = vim.api.nvim_get_current_buf()
  local client = request.client(buffer)
  if not client then return request.say('no server is attached to this buffer; see :checkhealth nablatex') end
  client:request(method, params(client), function(err, answer)
    if err then return request.say(err.message) end
    handler(answer)
  end, buffer)
end

--- Puts the result behind the formula, or in the place of a selected part; with `replace` always in its place.
function M.evaluate(operation, given, replace)
  ask('workspace/executeCommand', function(client)
    local document, range = place(client, given)
    local asked = { uri = document.uri, range = range, operation = operation, how = replace and 'replace' or 'either' }
    return { command = 'nablatex.evaluate', arguments = { asked } }
  end, function() end) -- the server applies the edit, or says in a message why there is none
end

local function show(answer)
  vim.cmd.vnew()
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(answer.code, '\n', { trimempty = true }))
  vim.bo.filetype = FILETYPES[answer.extension] or ''
end

local function program(language, given, check)
  ask('nablatex/code', function(client)
    local document, range = place(client, given)
    local asked = { textDocument = document, position = range.start, language = language, value = check, check = check }
    if given.range > 0 then asked.range = range end
    return asked
  end, function(answer)
    if not answer or answer == vim.NIL then return request.say('no answer in time') end
    if answer.code == vim.NIL then return request.say(answer.message) end
    show(answer)
  end)
end

--- Opens the formula as a program in a new buffer; asks for the language where none is named.
function M.export(language, given, check)
  if language then return program(language, given, check) end
  vim.ui.select(M.languages, { prompt = 'Export as' }, function(chosen)
    if chosen then program(chosen, given, check) end
  end)
end

return M
