--- The derivation panel: a split that follows the cursor.
local request = require('nablatex.request')
local render = require('nablatex.render')
local M = {}
local namespace = vim.api.nvim_create_namespace('nablatex.panel')
local pins = vim.api.nvim_create_namespace('nablatex.pin')
local PAUSE = 80

---@class nablatex.PanelState
---@field buffer integer? of the panel
---@field window integer? of the panel
---@field source integer? window whose cursor is followed
---@field answer table? what is shown
---@field lines string[]? as they are in the buffer
---@field steps integer[] lines of the panel that hold steps
---@field pinned {buffer: integer, mark: integer}?
---@field asked integer number of the last question: answers may overtake one another
local state = { steps = {}, asked = 0 }

local function open() return state.window and vim.api.nvim_win_is_valid(state.window) end

--- Puts an answer into the panel; what has not changed is not touched, so nothing flickers and the view stays.
local function show(answer)
  if not open() then return end
  local lines, marks, steps = render.lines(answer, state.pinned ~= nil, vim.api.nvim_win_get_width(state.window))
  local same = state.lines and vim.deep_equal(lines, state.lines)
  state.answer, state.steps = answer, steps
  if same then return end
  local other = not state.formula or not answer or state.formula ~= answer.formula
  state.lines, state.formula = lines, answer and answer.formula
  vim.bo[state.buffer].modifiable = true
  vim.api.nvim_buf_set_lines(state.buffer, 0, -1, false, lines)
  vim.bo[state.buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(state.buffer, namespace, 0, -1)
  for _, mark in ipairs(marks) do
    vim.api.nvim_buf_set_extmark(state.buffer, namespace, mark.line, mark.from, { end_col = mark.to, hl_group = mark.group })
  end
  if other then pcall(vim.api.nvim_win_set_cursor, state.window, { 1, 0 }) end
end

--- Asks for the formula at the followed cursor, or at the pin.
function M.refresh(style)
  if not open() or not (state.source and vim.api.nvim_win_is_valid(state.source)) then return end
  style = style or state.style
  state.style = style
  state.asked = state.asked + 1
  local number = state.asked
  local function answered(answer, _, err)
    if number == state.asked and not err then show(answer) end
  end
  local pin = state.pinned
  if not pin then
    request.derivation(state.source, style, answered)
    return
  end
  local client = vim.api.nvim_buf_is_loaded(pin.buffer) and request.client(pin.buffer)
  local at = client and vim.api.nvim_buf_get_extmark_by_id(pin.buffer, pins, pin.mark, {})
  if not client or not at[1] then return end
  local line = vim.api.nvim_buf_get_lines(pin.buffer, at[1], at[1] + 1, false)[1] or ''
  local params = {
    textDocument = vim.lsp.util.make_text_document_params(pin.buffer),
    position = { line = at[1], character = vim.str_utfindex(line, client.offset_encoding, math.min(at[2], #line)) },
    style = style,
  }
  client:request('nablatex/derivation', params, function(err, answer)
    answered(answer ~= vim.NIL and answer or nil, client, err)
  end, pin.buffer)
end

--- Keeps the formula that is shown while the cursor goes elsewhere; a second time lets it go.
function M.pin()
  if state.pinned then
    pcall(vim.api.nvim_buf_del_extmark, state.pinned.buffer, pins, state.pinned.mark)
    state.pinned = nil
  elseif state.answer and state.source and vim.api.nvim_win_is_valid(state.source) then
    local buffer = vim.api.nvim_win_get_buf(state.source)
    local cursor = vim.api.nvim_win_get_cursor(state.source)
    state.pinned = { buffer = buffer, mark = vim.api.nvim_buf_set_extmark(buffer, pins, cursor[1] - 1, cursor[2], {}) }
  end
  state.lines = nil
  show(state.answer)
  M.refresh()
end

--- The styles that the formula shown can be derived in.
function M.styles() return state.answer and state.answer.styles or {} end

function M.next_style()
  local all = M.styles()
  if #all == 0 then return end
  local now = 0
  for k, name in ipairs(all) do
    if state.answer.style == name then now = k end
  end
  M.refresh(all[now % #all + 1])
end

--- Moves to the next step of the derivation, or to an earlier one.
function M.step(by)
  local row = vim.api.nvim_win_get_cursor(state.window)[1] - 1
  local goal
  for _, line in ipairs(state.steps) do
    if by > 0 and line > row then goal = goal or line end
    if by < 0 and line < row then goal = line end
  end
  if goal then vim.api.nvim_win_set_cursor(state.window, { goal + 1, 0 }) end
end

local function act(what, missing)
  local window = state.source
  if not (state.answer and window and vim.api.nvim_win_is_valid(window)) then return end
  local buffer = state.pinned and state.pinned.buffer or vim.api.nvim_win_get_buf(window)
  local client = request.client(buffer)
  for _, action in ipairs(client and state.answer.actions or {}) do
    if action.data['do'] == what then
      if what == 'derivation' then action.data.style = state.answer.style end
      return request.act(client, buffer, action)
    end
  end
  request.say(missing)
end

local function copy()
  local answer = state.answer
  if not answer then return end
  local sources = vim.tbl_extend('force', {}, answer.codes)
  if answer.result and answer.result ~= vim.NIL then sources.latex = answer.result end
  local names = vim.tbl_keys(sources)
  table.sort(names)
  if #names == 0 then return request.say('there is no result here') end
  vim.ui.select(names, { prompt = 'Copy as' }, function(name)
    if not name then return end
    vim.fn.setreg('"', sources[name])
    pcall(vim.fn.setreg, '+', sources[name])
  end)
end

M.keys = {
  { 'q', function() M.close() end, 'close' },
  { 'i', function() act('insert', 'there is no derivative to insert here') end, 'insert result' },
  { 'd', function() act('derivation', 'there is no derivation to insert here') end, 'insert derivation' },
  { 'c', function() act('check', 'there is no identity here') end, 'check' },
  { 'y', copy, 'copy as …' },
  { 'p', function() M.pin() end, 'pin' },
  { 's', function() M.next_style() end, 'next style' },
  { ']', function() M.step(1) end, 'next step' },
  { '[', function() M.step(-1) end, 'step before' },
}

local function follow()
  local group = vim.api.nvim_create_augroup('nablatex.panel', { clear = true })
  local timer = assert(vim.uv.new_timer())
  local function later()
    timer:start(PAUSE, 0, vim.schedule_wrap(function() M.refresh() end))
  end
  vim.api.nvim_create_autocmd({ 'CursorMoved', 'CursorMovedI', 'BufEnter', 'LspAttach' }, {
    group = group,
    callback = function()
      local window = vim.api.nvim_get_current_win()
      if window == state.window then return end
      if request.client(vim.api.nvim_win_get_buf(window)) then
        if state.source ~= window then state.style = nil end
        state.source = window
        later()
      end
    end,
  })
  -- the text has changed for the server too: under a cursor that stands still, or under the pin
  vim.api.nvim_create_autocmd('LspNotify', {
    group = group,
    callback = function(event) if event.data.method == 'textDocument/didChange' then later() end end,
  })
  vim.api.nvim_create_autocmd('WinClosed', {
    group = group,
    callback = function(event)
      if tonumber(event.match) == state.window then
        vim.api.nvim_del_augroup_by_id(group)
        if not timer:is_closing() then timer:close() end
        state.window = nil
      end
    end,
  })
end

function M.open()
  if open() then return M.refresh() end
  local options = require('nablatex').options.panel
  state.source = vim.api.nvim_get_current_win()
  if not (state.buffer and vim.api.nvim_buf_is_valid(state.buffer)) then
    state.buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(state.buffer, 'nablatex://panel')
    vim.bo[state.buffer].filetype = 'nablatexpanel'
    vim.bo[state.buffer].modifiable = false
    for _, key in ipairs(M.keys) do
      vim.keymap.set('n', key[1], key[2], { buffer = state.buffer, nowait = true, desc = 'Nablatex: ' .. key[3] })
    end
  end
  local upright = options.position == 'right' or options.position == 'left'
  state.window = vim.api.nvim_open_win(state.buffer, false, {
    split = ({ right = 'right', left = 'left', above = 'above', below = 'below' })[options.position] or 'right',
    width = upright and math.min(options.size, math.floor(vim.o.columns / 2)) or nil,
    height = not upright and math.min(options.size, math.floor(vim.o.lines / 2)) or nil,
    win = state.source,
    style = 'minimal',
  })
  for name, value in pairs({ wrap = true, linebreak = true, breakindent = true, winfixwidth = upright, winfixheight = not upright }) do
    vim.wo[state.window][name] = value
  end
  render.highlights()
  state.lines, state.formula = nil, nil
  show(nil)
  follow()
  M.refresh()
end

function M.close()
  if open() then vim.api.nvim_win_close(state.window, true) end
end

function M.toggle()
  if open() then M.close() else M.open() end
end

return M
