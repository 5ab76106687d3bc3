--- What the panel shows, as lines of text with highlights.
local M = {}

local GROUPS = {
  NablatexFormula = 'Title', NablatexHeading = 'Statement', NablatexResult = 'String', NablatexRule = 'Comment',
  NablatexGuessed = 'DiagnosticHint', NablatexProved = 'DiagnosticOk', NablatexFails = 'DiagnosticError',
  NablatexUnknown = 'DiagnosticInfo',
}
local VERDICTS = {
  proved = { '✓', 'NablatexProved' }, holds = { '✓', 'NablatexProved' }, conditional = { '?', 'NablatexUnknown' },
  fails = { '✗', 'NablatexFails' }, ['ill-shaped'] = { '✗', 'NablatexFails' }, unknown = { '·', 'NablatexUnknown' },
}

function M.highlights()
  for name, link in pairs(GROUPS) do
    vim.api.nvim_set_hl(0, name, { link = link, default = true })
  end
end

--- A matrix of a counterexample on one line.
local function value(v)
  if type(v) ~= 'table' then return tostring(v) end
  local cells = vim.tbl_map(value, v)
  return '[' .. table.concat(cells, type(v[1]) == 'table' and '; ' or ', ') .. ']'
end

local Page = {}
Page.__index = Page

function Page:add(text, group)
  for _, line in ipairs(vim.split(text, '\n')) do
    table.insert(self.lines, line)
    if group and line ~= '' then
      table.insert(self.marks, { line = #self.lines - 1, from = 0, to = #line, group = group })
    end
  end
end

function Page:heading(text)
  self:add('')
  self:add(text, 'NablatexHeading')
end

--- A line with a part behind it in another colour.
function Page:pair(first, second, group)
  table.insert(self.lines, first .. second)
  if second ~= '' then
    table.insert(self.marks, { line = #self.lines - 1, from = #first, to = #first + #second, group = group })
  end
end

local function verdict(page, v)
  local sign = VERDICTS[v.kind] or VERDICTS.unknown
  page:add('')
  page:add(sign[1] .. ' ' .. v.kind, sign[2])
  local example = v.counterexample and v.counterexample ~= vim.NIL
  local text = example and v.text:gsub('(the sides differ): .*', '%1') or v.text -- the values stand below
  if text ~= '' then page:add(text) end
  for _, line in ipairs(v.evidence) do
    page:add('  ' .. line, 'NablatexRule')
  end
  local shown = v.counterexample
  if not shown or shown == vim.NIL then return end
  page:heading('Counterexample')
  local names = vim.tbl_keys(shown.values or {})
  table.sort(names)
  for _, name in ipairs(names) do
    page:add(('  %s = %s'):format(name, value(shown.values[name])))
  end
  page:add('  left  ' .. value(shown.left))
  page:add('  right ' .. value(shown.right))
end

local function padded(rows, key)
  local width = 0
  for _, row in ipairs(rows) do
    width = math.max(width, vim.fn.strdisplaywidth(row[key]))
  end
  return function(text) return text .. string.rep(' ', width - vim.fn.strdisplaywidth(text)) end
end

local function given(x) return x ~= nil and x ~= vim.NIL and x ~= '' end

--- Each step with its rule: in a column beside it where there is room, else below.
local function derivation(page, all, width)
  local pad = padded(all, 'text')
  local longest = 0
  for _, step in ipairs(all) do
    longest = math.max(longest, vim.fn.strdisplaywidth(pad(step.text)) + vim.fn.strdisplaywidth(step.rule) + 4)
  end
  local steps = {}
  for _, step in ipairs(all) do
    table.insert(steps, #page.lines)
    if longest <= width then
      page:pair('  ' .. pad(step.text) .. '  ', step.rule, 'NablatexRule')
    else
      page:add('  ' .. step.text)
      page:add('      ' .. step.rule, 'NablatexRule')
    end
  end
  return steps
end

--- Lines, highlights {line, from, to, group}, and the numbers of the lines that hold steps.
---@param answer table? of nablatex/derivation
---@param pinned boolean
---@param width integer columns of the panel
function M.lines(answer, pinned, width)
  local page = setmetatable({ lines = {}, marks = {} }, Page)
  local steps = {}
  if not answer then
    page:add('No formula at the cursor.', 'NablatexRule')
    return page.lines, page.marks, steps
  end
  page:add(answer.text .. (pinned and '   (pinned)' or ''), 'NablatexFormula')
  page:add(answer.reading, 'NablatexRule')
  if given(answer.resultText) then
    page:add('')
    page:add('= ' .. answer.resultText, 'NablatexResult')
  end
  if given(answer.verdict) then verdict(page, answer.verdict) end
  if given(answer.reason) then
    page:add('')
    page:add(answer.reason, 'NablatexUnknown')
  end
  if #answer.steps > 0 then
    page:heading('Steps' .. (given(answer.style) and (' (' .. answer.style .. ')') or ''))
    steps = derivation(page, answer.steps, width)
  end
  if #answer.symbols > 0 then
    page:heading('Symbols')
    local name, shape = padded(answer.symbols, 'name'), padded(answer.symbols, 'shape')
    for _, s in ipairs(answer.symbols) do
      local from = s.guessed and s.origin .. ' (guessed)' or s.origin
      page:pair(('  %s : %s  '):format(name(s.name), shape(s.shape)), from, s.guessed and 'NablatexGuessed' or 'NablatexRule')
    end
  end
  if #answer.alternatives > 0 then
    page:heading('Other forms')
    for _, a in ipairs(answer.alternatives) do
      page:pair('  ' .. a.text .. '  ', a.name, 'NablatexRule')
    end
  end
  return page.lines, page.marks, steps
end

return M
