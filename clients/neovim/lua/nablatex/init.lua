--- Nablatex in Neovim: see :help nablatex.
local M = {}

---@class nablatex.Options
M.defaults = {
  --- How the server is started.
  cmd = { 'nablatex', 'lsp' },
  filetypes = { 'tex', 'plaintex', 'markdown', 'quarto', 'rmd' },
  root_markers = { '.git', '.latexmkrc' },
  --- Settings of the server: layout, surfaces (see docs/settings.md).
  settings = { surfaces = { hoverResult = true } },
  --- Quiet marks behind checked steps: their signs, or false.
  marks = { proved = '✓', holds = '✓' },
  --- Shapes behind symbols (vim.lsp.inlay_hint).
  inlay_hints = false,
  --- Lines over chains of steps (vim.lsp.codelens).
  code_lens = true,
  panel = { position = 'right', size = 60 },
  --- Starts a server that died again, at most this often in a session.
  restarts = 3,
}

---@type nablatex.Options
M.options = vim.deepcopy(M.defaults)

local restarted, stopping = 0, false

--- A server that ends by itself is started again for the buffers that it served.
local function on_exit(code, signal, id)
  local client = vim.lsp.get_client_by_id(id)
  if not client or stopping or (code == 0 and signal == 0) or vim.v.exiting ~= vim.NIL then return end
  local buffers = vim.tbl_keys(client.attached_buffers)
  local config = client.config
  vim.schedule(function()
    if restarted >= M.options.restarts then
      vim.notify('nablatex: the server has stopped; :NablatexRestart starts it again', vim.log.levels.WARN)
      return
    end
    restarted = restarted + 1
    for _, buffer in ipairs(buffers) do
      if vim.api.nvim_buf_is_loaded(buffer) then vim.lsp.start(config, { bufnr = buffer }) end
    end
  end)
end

--- What is shown in a buffer that the server serves.
local function on_attach(client, buffer)
  local options = M.options
  if options.inlay_hints then vim.lsp.inlay_hint.enable(true, { bufnr = buffer }) end
  local group = vim.api.nvim_create_augroup('nablatex.' .. buffer, { clear = true })
  if options.code_lens and client:supports_method('textDocument/codeLens') then
    require('nablatex.lens').attach(buffer, group)
  end
  if options.marks then require('nablatex.marks').attach(buffer, group) end
end

--- Settings as an object in JSON, also where there are none.
local function settings() return next(M.options.settings) and M.options.settings or vim.empty_dict() end

--- The configuration for vim.lsp.config; setup() uses it.
function M.config()
  local options = M.options
  return {
    cmd = options.cmd,
    filetypes = options.filetypes,
    root_markers = options.root_markers,
    init_options = settings(),
    settings = { nablatex = settings() },
    capabilities = { experimental = { commands = { commands = { 'nablatex.showPanel' } } } },
    commands = {
      ['nablatex.showPanel'] = function(command)
        local place = (command.arguments or {})[2]
        if place then pcall(vim.api.nvim_win_set_cursor, 0, { place.line + 1, 0 }) end
        require('nablatex.panel').open()
      end,
    },
    on_attach = on_attach,
    on_exit = on_exit,
  }
end

---@param options? nablatex.Options
function M.setup(options)
  M.options = vim.tbl_deep_extend('force', vim.deepcopy(M.defaults), options or {})
  vim.lsp.config('nablatex', M.config())
  vim.lsp.enable('nablatex')
  require('nablatex.commands').create()
end

--- Changes settings of a running server: require('nablatex').configure({ layout = 'numerator' }).
function M.configure(changes)
  M.options.settings = vim.tbl_deep_extend('force', M.options.settings, changes)
  vim.lsp.config('nablatex', M.config())
  for _, client in ipairs(vim.lsp.get_clients({ name = 'nablatex' })) do
    client.settings = { nablatex = settings() }
    client:notify('workspace/didChangeConfiguration', { settings = client.settings })
    -- Neovim pulls diagnostics when the text changes, and is not told that a setting has changed them
    for buffer in pairs(client.attached_buffers) do
      local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
      client:request('textDocument/diagnostic', params, nil, buffer)
    end
  end
end

--- Stops the server and starts it again.
function M.restart()
  restarted, stopping = 0, true
  vim.lsp.stop_client(vim.lsp.get_clients({ name = 'nablatex' }), true)
  vim.wait(3000, function() return #vim.lsp.get_clients({ name = 'nablatex' }) == 0 end, 20)
  stopping = false
  vim.lsp.enable('nablatex', false)
  vim.lsp.enable('nablatex')
end

return M
