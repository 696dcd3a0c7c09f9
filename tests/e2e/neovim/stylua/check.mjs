// Is each Lua file as StyLua would write it? usage: node check.mjs MODULES FOLDER FILE...
// MODULES is the node_modules folder, FOLDER the one with .stylua.toml.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [modules, folder, ...files] = process.argv.slice(2)
const stylua = createRequire(join(modules, 'x'))('@johnnymorganz/stylua')
const kinds = {
  indent_type: stylua.IndentType,
  quote_style: stylua.QuoteStyle,
  syntax: stylua.LuaVersion,
}
const settings = readFileSync(join(folder, '.stylua.toml'), 'utf8').matchAll(/^(\w+) = (?:"(\w+)"|(\d+))$/gm)

function config() {
  const made = stylua.Config.new()
  for (const [, name, word, number] of wanted) made[name] = word ? kinds[name][word] : Number(number)
  return made
}

const wanted = [...settings]
let wrong = 0
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  const formatted = stylua.formatCode(text, config(), undefined, stylua.OutputVerification.Full)
  if (process.env.STYLUA_PRINT) process.stdout.write(formatted)
  if (formatted !== text) {
    const lines = text.split('\n')
    const first = formatted.split('\n').findIndex((line, at) => line !== lines[at])
    console.error(`${file}:${first + 1}: StyLua would write: ${formatted.split('\n')[first]}`)
    wrong += 1
  }
}
process.exit(wrong ? 1 : 0)
