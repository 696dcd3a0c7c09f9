std = 'luajit'
max_line_length = 110
read_globals = { 'vim' }
files['lsp/'] = { max_line_length = false }
files['plugin/'] = { globals = { 'vim' } }
files['lua/'] = { globals = { 'vim' } }
