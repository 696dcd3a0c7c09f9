"""What an editor really says and does: a tiny language server that asks for edits and writes everything down.

    python -m tests.support.clients.capture neovim PATH_TO_NVIM
    python -m tests.support.clients.capture helix PATH_TO_HX
    python -m tests.support.clients.capture emacs PATH_TO_EMACS

starts the editor on a file of its own with this module as its server, runs the one code action, and prints
what it saw as JSON: the params of initialize, and the answers to two edits for the present version and to
one for a version that is gone. For any other editor, make `capture.py serve LOG` its server and read LOG.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

TEXT = "one = 1\ntwo = 2\n"
DONE = "probe/done"
SECONDS = 40.0
SOURCE = "probe"


class Probe:
    """The server: reads stdin, writes stdout, and logs each message in both directions, one a line."""

    def __init__(self, log: Path) -> None:
        self._log = log.open("a", encoding="utf-8")
        self._uri = ""
        self._version = 0
        self._former = 0
        self._edits = iter(("fresh", "again", "stale"))
        self._awaited: set[str] = set()

    def serve(self) -> None:
        while message := self._read():
            self._note("in", message)
            if message.get("method") == "exit":
                return
            self._handle(message)

    def _read(self) -> Json | None:
        length = 0
        while (line := sys.stdin.buffer.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(sys.stdin.buffer.read(length)) if length else None

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        sys.stdout.buffer.flush()
        self._note("out", message)

    def _note(self, direction: str, message: Json) -> None:
        self._log.write(json.dumps({"direction": direction, "message": message}) + "\n")
        self._log.flush()

    def _handle(self, message: Json) -> None:
        method, params = message.get("method"), message.get("params") or {}
        if method in ("textDocument/didOpen", "textDocument/didChange"):
            document = params["textDocument"]
            self._uri, self._former, self._version = document["uri"], self._version, document["version"]
        if method == "textDocument/didOpen":
            self._publish()
        if method is not None and "id" in message:
            self._send(id=message["id"], result=self._result(method, params))
        self._go_on(method or "answer")

    def _go_on(self, heard: str) -> None:
        """Send the next edit when the one before was both answered and told."""
        self._awaited.discard(heard)
        if heard not in ("answer", "textDocument/didChange", "workspace/executeCommand") or self._awaited:
            return
        name = next(self._edits, None)
        if name is None:
            self._note("out", {"method": DONE})
            return
        self._awaited = {"answer"} if name == "stale" else {"answer", "textDocument/didChange"}
        self._edit(name, self._former if name == "stale" else self._version)

    def _result(self, method: str, params: Json) -> Any:
        if method == "initialize":
            return {"capabilities": self._capabilities(params)}
        if method == "textDocument/codeAction":
            command = {"title": "Probe", "command": "probe.edit", "arguments": [{}]}
            return [{"title": "Probe", "kind": "refactor.rewrite", "command": command}]
        return None

    def _capabilities(self, params: Json) -> Json:
        offered = params["capabilities"].get("general", {}).get("positionEncodings", ["utf-16"])
        return {
            "positionEncoding": offered[0],
            "textDocumentSync": {"openClose": True, "change": 2, "save": True},
            "codeActionProvider": True,
            "executeCommandProvider": {"commands": ["probe.edit"]},
        }

    def _publish(self) -> None:
        found = {
            "range": _span(0, 0, 3),
            "severity": 2,
            "source": SOURCE,
            "message": "look",
            "data": {"k": 1},
        }
        params = {"uri": self._uri, "version": self._version, "diagnostics": [found]}
        self._send(method="textDocument/publishDiagnostics", params=params)

    def _edit(self, name: str, version: int) -> None:
        edit = {"range": _span(0, 0, 0), "newText": f"# {name}\n"}
        change = {"textDocument": {"uri": self._uri, "version": version}, "edits": [edit]}
        params = {"label": f"Probe {name}", "edit": {"documentChanges": [change]}}
        self._send(id=name, method="workspace/applyEdit", params=params)


def _span(line: int, start: int, end: int) -> Json:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


NEOVIM = """
local file, log, python, module = arg[1], arg[2], arg[3], arg[4]
vim.cmd.edit(file)
vim.lsp.start({ name = 'probe', cmd = { python, module, 'serve', log }, root_dir = vim.fs.dirname(file) })
assert(vim.wait(20000, function() local c = vim.lsp.get_clients()[1]; return c and c.initialized end, 20))
vim.wait(300)
vim.lsp.buf.code_action({ apply = true })
vim.wait(20000, function() return table.concat(vim.fn.readfile(log)):find('probe/done') ~= nil end, 50)
vim.cmd('qa!')
"""
EMACS = """
(require 'eglot)
(pcase-let ((`(,file ,log ,python ,module) command-line-args-left))
  (setq command-line-args-left nil eglot-sync-connect 20 eglot-autoshutdown t)
  (find-file file) (python-mode)
  (add-to-list 'eglot-server-programs `(python-mode . (,python ,module "serve" ,log)))
  (apply #'eglot (eglot--guess-contact))
  (let ((server (eglot-current-server)))
    (dotimes (_ 10) (accept-process-output nil 0.05))
    (eglot-execute server (seq-first (eglot-code-actions (point-min) (point-max))))
    (while (not (with-temp-buffer (insert-file-contents log) (search-forward "probe/done" nil t)))
      ;; Idle timers do not run in batch mode; this is what Eglot's own does.
      (accept-process-output nil 0.1) (eglot--signal-textDocument/didChange))
    (set-buffer-modified-p nil) (eglot-shutdown server) (kill-emacs 0)))
"""
HELIX = """
[language-server.probe]
command = "{python}"
args = ["{module}", "serve", "{log}"]
[[language]]
name = "python"
language-servers = ["probe"]
"""


def capture(editor: str, binary: str) -> Json:
    """Start the editor in a folder of its own, let it run the probe, and sum up its log."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file, log = folder / "a.py", folder / "log"
        file.write_text(TEXT)
        log.touch()
        EDITORS[editor](binary, folder, file, log)
        return summary([json.loads(line) for line in log.read_text().splitlines()])


def _script(
    folder: Path, name: str, text: str, *, command: Callable[[str], list[str]], tail: list[str]
) -> None:
    script = folder / name
    script.write_text(text)
    env = os.environ | {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    subprocess.run([*command(str(script)), *tail], env=env, timeout=SECONDS, check=False, cwd=folder)


def _neovim(binary: str, folder: Path, file: Path, log: Path) -> None:
    tail = [str(file), str(log), sys.executable, __file__]
    _script(folder, "n.lua", NEOVIM, command=lambda s: [binary, "--clean", "--headless", "-l", s], tail=tail)


def _emacs(binary: str, folder: Path, file: Path, log: Path) -> None:
    tail = [str(file), str(log), sys.executable, __file__]
    _script(folder, "e.el", EMACS, command=lambda s: [binary, "-Q", "--batch", "-l", s], tail=tail)


def _helix(binary: str, folder: Path, file: Path, log: Path) -> None:
    (folder / "helix").mkdir()
    config = HELIX.format(python=sys.executable, module=__file__, log=log)
    (folder / "helix" / "languages.toml").write_text(config)
    pid, screen = pty.fork()
    if not pid:
        env = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "TERM": "xterm-256color"}
        os.execve(binary, [binary, str(file)], env)
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    # A screen that nobody reads fills up and stops the editor.
    threading.Thread(target=_drain, args=[screen], daemon=True).start()
    _wait_for(log, "publishDiagnostics")
    for keys, seen in ((b"%", ""), (b" a", "codeAction"), (b"\r", DONE)):
        time.sleep(1.0)
        os.write(screen, keys)
        _wait_for(log, seen)
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def _drain(screen: int) -> None:
    while True:
        try:
            os.read(screen, 65536)
        except OSError:
            return


def _wait_for(log: Path, text: str) -> None:
    end = time.monotonic() + SECONDS
    while text not in log.read_text():
        if time.monotonic() > end:
            raise TimeoutError(f"{text} never came")
        time.sleep(0.05)


EDITORS: dict[str, Callable[[str, Path, Path, Path], None]] = {
    "neovim": _neovim,
    "helix": _helix,
    "emacs": _emacs,
}


def summary(frames: list[Json]) -> Json:
    """What the log of one session tells: params, answers, and in which order they came."""
    heard = [frame["message"] for frame in frames if frame["direction"] == "in"]
    methods = [message.get("method") or f"answer {message['id']}" for message in heard]
    after_fresh = methods[methods.index("workspace/executeCommand") + 1 :]
    edited = [name for name in after_fresh if name in ("textDocument/didChange", "answer fresh")]
    return {
        "initialize": next(_params(heard, "initialize")),
        "codeAction": next(_params(heard, "textDocument/codeAction")),
        "executeCommand": next(_params(heard, "workspace/executeCommand")),
        "didChange": list(_params(heard, "textDocument/didChange")),
        "answers": {m["id"]: m.get("result", m.get("error")) for m in heard if "method" not in m},
        "change_before_reply": edited[:1] == ["textDocument/didChange"],
        "methods": methods,
    }


def _params(heard: list[Json], method: str) -> Iterator[Any]:
    return (message.get("params") for message in heard if message.get("method") == method)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        Probe(Path(sys.argv[2])).serve()
    else:
        print(json.dumps(capture(sys.argv[1], sys.argv[2]), indent=1))
