--- The commands of :help nablatex-commands.
local request = require('nablatex.request')
local work = require('nablatex.work')
local M = {}

local function styles(lead)
  local found = require('nablatex.panel').styles()
  return vim.tbl_filter(function(s) return vim.startswith(s, lead) end, found)
end

local function copy(language)
  local window = vim.api.nvim_get_current_win()
  request.derivation(window, nil, function(answer)
    if not answer then return request.say('there is no formula here') end
    local sources = vim.tbl_extend('force', { latex = answer.result ~= vim.NIL and answer.result or nil }, answer.codes)
    local source = sources[language]
    if not source then
      local there = vim.tbl_keys(sources)
      table.sort(there)
      return request.say(#there > 0 and 'there is: ' .. table.concat(there, ', ') or 'there is no result here')
    end
    vim.fn.setreg('"', source)
    pcall(vim.fn.setreg, '+', source)
    request.say('copied as ' .. language, vim.log.levels.INFO)
  end)
end

function M.create()
  local command = vim.api.nvim_create_user_command
  command('NablatexDerive', function() request.run('insert', 'there is no derivative without a right side here') end, {
    desc = 'Insert the derivative behind the formula at the cursor',
  })
  command('NablatexDerivation', function(o)
    request.run('derivation', 'there is no derivation here', o.args ~= '' and o.args or nil)
  end, { nargs = '?', complete = styles, desc = 'Insert the derivation of the formula at the cursor' })
  command('NablatexCheck', function() request.run('check', 'there is no identity here') end, {
    desc = 'Check the identity at the cursor',
  })
  command('NablatexPanel', function() require('nablatex.panel').toggle() end, {
    desc = 'Show or hide the derivation panel',
  })
  command('NablatexSteps', function(o) require('nablatex.steps').toggle(o.args ~= '' and o.args or nil) end, {
    nargs = '?',
    complete = styles,
    desc = 'Show or hide the steps of the derivation below the formula at the cursor',
  })
  command('NablatexCopy', function(o) copy(o.args ~= '' and o.args or 'latex') end, {
    nargs = '?',
    complete = function() return { 'latex', 'numpy', 'jax', 'torch', 'julia', 'matlab', 'sympy' } end,
    desc = 'Copy the result at the cursor as LaTeX or as code',
  })
  local function among(names)
    return function(lead)
      return vim.tbl_filter(function(name) return vim.startswith(name, lead) end, names)
    end
  end
  command('NablatexEvaluate', function(o) work.evaluate(o.args ~= '' and o.args or 'evaluate', o, o.bang) end, {
    nargs = '?',
    range = true,
    bang = true,
    complete = among(work.operations),
    desc = 'Work out what is selected, or the formula at the cursor',
  })
  command('NablatexExport', function(o) work.export(o.args ~= '' and o.args or nil, o, o.bang) end, {
    nargs = '?',
    range = true,
    bang = true,
    complete = among(work.languages),
    desc = 'Open what is selected, or the formula at the cursor, as a program',
  })
  command('NablatexDeclarations', function() require('nablatex.declarations').show() end, {
    desc = 'List every symbol with its shape and where that is from',
  })
  command('NablatexRestart', function() require('nablatex').restart() end, { desc = 'Restart the server' })
end

return M
