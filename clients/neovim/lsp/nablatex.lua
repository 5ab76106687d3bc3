-- Configuration for Neovim 0.11 and later: put this folder on 'runtimepath', then vim.lsp.enable('nablatex').
return {
  cmd = { 'nablatex', 'lsp' },
  filetypes = { 'tex', 'plaintex', 'markdown', 'quarto', 'rmd' },
  root_markers = { '.git', '.latexmkrc' },
  settings = {},
}
