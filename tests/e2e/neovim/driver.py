"""A real Neovim that stories are played on: with its own main loop, keys typed into it, Lua to look at it."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from tests.e2e.neovim.installed import neovim
from tests.support.processes import CODEX_LSP

PLUGIN = Path(__file__).parents[3] / "editors" / "neovim"
SECONDS = 20.0

# What a person would write, and a record of what happens.
INIT = """
vim.lsp.config('codex_lsp', vim.json.decode([==[%s]==]))
vim.lsp.enable('codex_lsp')
vim.diagnostic.config({ virtual_text = true })
-- What is said is wanted, not a key for more.
vim.o.cmdheight = 2
vim.o.statusline = "%%t %%{v:lua.require'codex_lsp'.status()}"
events, said = {}, {}
vim.api.nvim_create_autocmd('User', {
  pattern = 'CodexLspRun',
  callback = function(event) table.insert(events, event.data) end,
})
local notify = vim.notify
vim.notify = function(text, ...)
  table.insert(said, text)
  return notify(text, ...)
end
-- The text of a window beside.
function shown(name)
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local buf = vim.api.nvim_win_get_buf(window)
    if vim.api.nvim_buf_get_name(buf):find(name) then
      return table.concat(vim.api.nvim_buf_get_lines(buf, 0, -1, false), '\\n')
    end
  end
end
local input, select = vim.ui.input, vim.ui.select
function begin()
  events, said = {}, {}
  vim.ui.input, vim.ui.select = input, select
end
function ended()
  return vim.iter(events):filter(function(event) return event.ended end):totable()
end
"""


class LuaError(Exception):
    """Lua's words."""


class Neovim:
    """One running Neovim, and the file that it shows first."""

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str], socket: Path, file: Path, pid: int
    ) -> None:
        self.argv, self.env, self.socket, self.file, self.pid = argv, env, socket, file, pid

    async def begin(self, text: str) -> None:
        """A new story: the file with this text, alone, and nothing left of the last story."""
        await self.command("silent! only!")
        for each in (await self.status())["proposals"]:
            await self._request(
                f"{{ command = 'codexLsp.reject', arguments = {{ {{ proposal = '{each}' }} }} }}"
            )
        await self.command("%bwipeout!")
        self.file.write_text(text, encoding="utf-8")
        await self.command(f"edit {self.file.name}")
        await self.ready()
        await self.lua("begin()")

    async def status(self) -> dict[str, Any]:
        """What `codexLsp.status` tells now."""
        return await self._request("{ command = 'codexLsp.status', arguments = { vim.empty_dict() } }")

    async def state(self, wanted: str) -> None:
        """Wait until the last proposal is in this state."""
        async with asyncio.timeout(SECONDS):
            while (await self.status())["review"][-1]["state"] != wanted:
                await asyncio.sleep(0.05)

    async def _request(self, params: str) -> dict[str, Any]:
        """Run a command of the server's, as the editor's client."""
        client = "vim.lsp.get_clients({ name = 'codex_lsp' })[1]"
        code = f"{client}:request_sync('workspace/executeCommand', {params}, {int(SECONDS * 1000)})"
        answer: dict[str, Any] = (await self.lua(f"return {code}"))["result"]
        return answer

    async def lua(self, code: str) -> Any:
        """Run Lua in it; its one result, as JSON has it. Raises `LuaError`."""
        body = base64.b64encode(code.encode()).decode()
        run = f'pcall(assert(loadstring(vim.base64.decode(\\"{body}\\"))))'
        expression = f'luaeval("vim.json.encode({{ {run} }})")'
        command = [*self.argv, "--clean", "--headless", "--server", str(self.socket)]
        process = await asyncio.create_subprocess_exec(
            *(*command, "--remote-expr", expression),
            env=self.env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        try:
            ok, *found = json.loads(out)
        except ValueError:
            raise LuaError(f"{code}: {out.decode()}{err.decode()}") from None
        if not ok:
            raise LuaError(f"{code}: {found}")
        return found[0] if found else None

    async def until(self, condition: str) -> None:
        """Wait until a Lua expression is true; what was heard and said is told if it never is."""
        # Not in Lua: a message of an error would be an error of what waits.
        deadline = asyncio.get_running_loop().time() + SECONDS
        while not await self.lua(f"return not not ({condition})"):
            if asyncio.get_running_loop().time() > deadline:
                told = await self.lua("return vim.inspect({ events, said })")
                text = "\n".join(await self.lines())
                raise AssertionError(f"never came: {condition}\n{told}\n{text}")
            await asyncio.sleep(0.03)

    async def command(self, command: str) -> None:
        """An Ex command, as if it had been typed."""
        await self.lua(f"vim.cmd({json.dumps(command)})")

    async def keys(self, keys: str) -> None:
        """Type keys, in the notation of maps, and wait until they are taken."""
        await self.lua(f"vim.api.nvim_input({json.dumps(keys)})")
        while await self.lua("return vim.fn.getcharstr(1) ~= ''"):
            await asyncio.sleep(0)

    async def lines(self) -> list[str]:
        """The text of the file's buffer."""
        name = json.dumps(str(self.file))
        found = await self.lua(f"return vim.api.nvim_buf_get_lines(vim.fn.bufnr({name}), 0, -1, false)")
        return list(found)

    async def text(self) -> str:
        """The same, as one text."""
        return "\n".join(await self.lines()) + "\n"

    async def ended(self, count: int = 1) -> dict[str, Any]:
        """Wait until so many runs have ended; the last event of the last one."""
        await self.until(f"#ended() >= {count}")
        found: dict[str, Any] = (await self.lua("return ended()"))[count - 1]
        return found

    async def ready(self) -> None:
        """Wait until the server is attached and has told its state."""
        await self.until("vim.fn.exists(':LspCodexAsk') == 2")
        await self.until("not vim.tbl_contains({'', 'Codex: starting'}, require('codex_lsp').status())")

    async def waiting(self, count: int) -> None:
        """Wait until so many proposed changes are marked in the buffer."""
        name = json.dumps(str(self.file))
        await self.until(f"select(2, require('codex_lsp.status').waiting(vim.fn.bufnr({name}))) == {count}")

    async def shown(self, name: str) -> str:
        """Wait until a window shows a document whose name has this pattern of Lua's; its text."""
        await self.until(f"shown('{name}')")
        return str(await self.lua(f"return shown('{name}')"))

    async def said(self) -> list[str]:
        """All notifications until now."""
        return list(await self.lua("return said"))


def patch(*pairs: tuple[str, str], file: str = "m.py") -> str:
    """A reply that puts lines in place of others."""
    hunks = "".join(f"@@\n-{old}\n+{new}\n" for old, new in pairs)
    return f"Done.\n*** Begin Patch\n*** Update File: {file}\n{hunks}*** End Patch\n"


def home(folder: Path, env: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, str]:
    """A person's folders: an `init.lua` and the plugin as a package, with no plugin manager."""
    config, data = folder / "config", folder / "data"
    (config / "nvim").mkdir(parents=True)
    # An ask that comes as fast as a test's may be ahead of the answer that has the settings: both say it.
    options = {"codexLsp": {"apply": "auto", **settings}}
    made = {"cmd": list(CODEX_LSP), "init_options": options, "settings": options}
    (config / "nvim" / "init.lua").write_text(INIT % json.dumps(made), encoding="utf-8")
    package = data / "nvim" / "site" / "pack" / "codex" / "start" / "codex_lsp"
    shutil.copytree(PLUGIN, package)
    folders = {"CONFIG": config, "DATA": data, "STATE": folder / "state", "CACHE": folder / "cache"}
    own = {f"XDG_{name}_HOME": str(path) for name, path in folders.items()}
    return {**env, **own, "NVIM_LOG_FILE": str(folder / "nvim.log")}


@asynccontextmanager
async def editing(
    version: str, folder: Path, env: Mapping[str, str], text: str, *, name: str = "m.py", **settings: Any
) -> AsyncIterator[Neovim]:
    """Neovim on a file of a project, with the server attached to it."""
    root = folder / "project"
    (root / ".git").mkdir(parents=True)
    (root / name).write_text(text, encoding="utf-8")
    command = neovim(version)
    env = home(folder, {**env, **command.env}, settings)
    with tempfile.TemporaryDirectory(prefix="nv-") as short:
        socket = Path(short, "s")
        process = await asyncio.create_subprocess_exec(
            *(*command.argv, "--headless", "-i", "NONE", "--listen", str(socket), name),
            cwd=root,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        editor = Neovim(command.argv, env, socket, root / name, process.pid)
        try:
            await _listens(socket, process)
            await editor.ready()
            yield editor
        finally:
            await _end(editor, process)


async def _listens(socket: Path, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(SECONDS):
        while process.returncode is None:
            # A socket is there before somebody listens at it.
            with suppress(OSError):
                _, writer = await asyncio.open_unix_connection(socket)
                writer.close()
                return
            await asyncio.sleep(0.01)
    assert process.stderr is not None
    raise AssertionError((await process.stderr.read()).decode())


async def _end(editor: Neovim, process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        # It ends before it can answer.
        with suppress(LuaError):
            await editor.lua("vim.cmd('qall!')")
    try:
        await asyncio.wait_for(process.communicate(), SECONDS)
    except TimeoutError:
        process.kill()
        raise
