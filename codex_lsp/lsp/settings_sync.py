"""The settings of each folder: what `initializationOptions` said, and over it what the client has now.

A client that can be asked is asked (`workspace/configuration`) after `initialized` and whenever it says that
something changed; of any other client, what `workspace/didChangeConfiguration` brings along is taken. Nothing
but a run waits for the first answer, and no run for long: until it comes, what is known already holds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import unquote

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.settings import OPTIONS, SECTION, Settings, parse

REGISTRATION = "codex-lsp/settings"

# Several, so that one lost answer does not end it; few, since a client may lose them all.
_PULLS_AT_ONCE = 4
# A person may ask right after the start; what they set must hold then, too.
FIRST_SECONDS = 1.0

_log = logging.getLogger(__name__)


class Host(Protocol):
    """What of the server is used here."""

    client: ClientCapabilities

    @property
    def wire(self) -> LanguageServerProtocol:
        """What messages to the client go through."""
        ...

    def tell(self, kind: types.MessageType, text: str) -> None:
        """Show a message to the person."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the background."""
        ...


class SettingsSync:
    """The settings of one session; `for_uri` is never more than a look-up.

    `problems` is all that is wrong with them at this moment, a sentence each.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._first = self._everywhere = Settings()
        self._first_problems: list[str] = []
        self._folders: dict[str, Settings] = {}
        self._said: dict[str | None, object] = {}
        self._misfits: dict[str | None, list[str]] = {}
        self.problems: tuple[str, ...] = ()
        self._asked = self._taken = self._pulls = 0
        self._ask_again = False
        self._known = asyncio.Event()

    @property
    def known(self) -> bool:
        """Whether the client has said what it has to say, or will not."""
        return self._known.is_set()

    async def until_known(self) -> None:
        """Wait for the client's first word on its settings, at most `FIRST_SECONDS` and only once."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FIRST_SECONDS):
                await self._known.wait()
        self._known.set()

    def begin(self, options: object, folders: Iterable[str], problems: Sequence[str] = ()) -> None:
        """At `initialize`: its options, the folders' URIs, and what else is to be told with what is wrong."""
        self._first, wrong = parse(options)
        self._first_problems = [*wrong, *problems]
        self._folders = dict.fromkeys(folders, self._first)
        self._everywhere = self._first

    def start(self) -> None:
        """At `initialized`: tell what is wrong so far, ask to be told of changes, and pull."""
        self._work_out()
        if self._host.client.registers_settings:
            registration = types.Registration(
                REGISTRATION, types.WORKSPACE_DID_CHANGE_CONFIGURATION, {"section": SECTION}
            )
            params = types.RegistrationParams([registration])
            self._host.wire.send_request(types.CLIENT_REGISTER_CAPABILITY, params)
        if not self._host.client.pulls_settings:
            self._known.set()
        self._pull()

    def for_uri(self, uri: str) -> Settings:
        """The settings for a document: those of the innermost folder that holds it, else the common ones."""
        place = _place(uri)
        holding = [each for each in self._folders if place[: len(_place(each))] == _place(each)]
        if not holding:
            return self._everywhere
        return self._folders[max(holding, key=lambda each: len(_place(each)))]

    def changed(self, params: types.DidChangeConfigurationParams) -> None:
        """At `workspace/didChangeConfiguration`."""
        if self._host.client.pulls_settings:
            self._pull()
        elif isinstance(params.settings, Mapping):
            self._take({None: _ours(params.settings)})

    def folders_changed(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        """At `workspace/didChangeWorkspaceFolders`: forget the removed ones, ask for the added ones."""
        for gone in params.event.removed:
            for known in (self._folders, self._said, self._misfits):
                known.pop(gone.uri, None)
        for new in params.event.added:
            self._folders.setdefault(new.uri, self._everywhere)
        self._work_out()
        self._pull()

    def _pull(self) -> None:
        if not self._host.client.pulls_settings:
            return
        if self._pulls >= _PULLS_AT_ONCE:
            self._ask_again = True
            return
        self._pulls += 1
        self._host.spawn(self._ask())

    async def _ask(self) -> None:
        self._asked += 1
        number, scopes = self._asked, [None, *self._folders]
        items = [types.ConfigurationItem(scope_uri=scope, section=SECTION) for scope in scopes]
        params = types.ConfigurationParams(items)
        try:
            answer = await self._host.wire.send_request_async(types.WORKSPACE_CONFIGURATION, params)
        except JsonRpcException as error:
            _log.warning("no settings from the client: error %s", error.code)
        else:
            self._receive(number, scopes, answer)
        finally:
            self._pulls -= 1
            self._known.set()
        if self._ask_again:
            self._ask_again = False
            self._pull()

    def _receive(self, number: int, scopes: Sequence[str | None], answer: object) -> None:
        if number < self._taken:
            return
        if not isinstance(answer, list | tuple) or len(answer) != len(scopes):
            _log.warning("the client's answer to %s does not fit", types.WORKSPACE_CONFIGURATION)
            return
        self._taken = number
        self._take(dict(zip(scopes, answer, strict=True)))

    def _take(self, said: Mapping[str | None, object]) -> None:
        for scope, options in said.items():
            if scope is not None and scope not in self._folders:
                continue
            if options is None or options == [] or isinstance(options, Mapping):
                self._said[scope], self._misfits[scope] = options, []
            else:
                self._misfits[scope] = parse(options)[1]
        self._work_out()

    def _work_out(self) -> None:
        self._everywhere, problems = parse(self._said.get(None), self._first)
        for scope in self._folders:
            self._folders[scope], wrong = parse(self._said.get(scope), self._everywhere)
            problems += wrong
        for misfits in self._misfits.values():
            problems += misfits
        self._tell([*self._first_problems, *problems])

    def _tell(self, problems: Iterable[str]) -> None:
        present = tuple(dict.fromkeys(problems))
        new = [each for each in present if each not in self.problems]
        self.problems = present
        if new:
            self._host.tell(types.MessageType.Warning, " ".join(new))


def _ours(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is ours of all that a client sends: below our name, or else beside no other's."""
    named = {key: value for key, value in settings.items() if key == SECTION or key.startswith(f"{SECTION}.")}
    known = {name for option in OPTIONS for name in (option.name, option.member)}
    return settings if not named and known & set(settings) else named


def _place(uri: str) -> tuple[str, ...]:
    """A URI's steps; spellings that mean the same are equal, and a folder's are the first of its files'."""
    scheme, _, rest = uri.partition("#")[0].partition(":")
    steps = [unquote(step) for step in rest.split("/") if step]
    if steps and len(steps[0]) == 2 and steps[0][1] == ":":
        steps[0] = steps[0].lower()
    # A notebook's cells belong to the folder of the notebook.
    return ("file" if scheme == "vscode-notebook-cell" else scheme.lower(), *steps)
