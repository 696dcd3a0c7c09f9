"""Whatever a person does in whichever editor, in any order: the text is what a model of the rules says.

The model is that of `tests/review/test_store.py`, one file long, and knows as little of offsets and diffs;
but here all goes the way of a session: a run proposes, code actions with literal edits accept, commands
reject, refine and undo, and what the editor tells of its text is all that the server knows of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from tests.stories.scene import Scene
from tests.support.editor_clients import NAMES, client
from tests.support.review_model import Offer, Plan, become
from tests.support.serving import serving

T = TypeVar("T")
SITES = 4
FILE = "m.txt"
TAKE = "Codex: put the proposed lines in place of mine"


class Replies:
    """What the agent will say, as it becomes known."""

    def __init__(self) -> None:
        self.next: list[Reply] = []

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Reply:
        return self.next.pop()


class Session(RuleBasedStateMachine):
    """A session beside the model."""

    scene: Scene

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory(prefix="anything-")
        self.replies = Replies()
        self.numbers = count()
        self.sites = [f"site {at}\n" for at in range(SITES)]
        self.typed: list[list[str]] = [[] for _ in range(SITES)]
        self.plans: dict[str, Plan[int]] = {}

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize(name=st.sampled_from(NAMES))
    def begin(self, name: str) -> None:
        model = ScriptedModel(self.replies, ModelInfo("agent", "llm"))
        options = client(name, initialization_options={"apply": "review", "traces": False})
        self.session = serving(model, Path(self.folder.name), **options)
        self.scene = Scene(*self.do(self.session.__aenter__()), [], "")
        self.editor = self.scene.editor
        self.uri = self.do(self.editor.open(FILE, self.text())).uri

    def teardown(self) -> None:
        self.do(self.session.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()

    def text(self) -> str:
        """The text that the model says the document has."""
        return "".join(line for at in range(SITES) for line in self.lines(at))

    def lines(self, at: int) -> Iterator[str]:
        yield from (self.sites[at], f"{at} first\n", *self.typed[at], f"{at} second\n")

    def place(self, site: int) -> int:
        return sum(len(line) for at in range(site) for line in self.lines(at))

    def new(self, what: str) -> str:
        return f"{what} {next(self.numbers)}\n"

    def becomes(self, site: int, content: str) -> None:
        """A site has another text: what that means for all that is proposed for it."""
        former, self.sites[site] = self.sites[site], content
        become(self.plans, site, former, content)

    def waiting(self, *, but_held: bool = False) -> list[tuple[str, int]]:
        """All places where something waits, by proposal."""
        return [
            (name, site)
            for name, plan in self.plans.items()
            for site, offer in plan.offers.items()
            if not (offer.held and but_held)
        ]

    def actions(self, name: str, site: int) -> dict[str, dict[str, Any]]:
        """The code actions of one proposal at a site, by title.

        An edit does not say whose it is; the command to reject it, which comes next, does.
        """
        at = self.place(site)
        mine, found = [], self.do(self.editor.code_actions(self.uri, at, at))
        for action, after in zip(found, [*found[1:], {}], strict=True):
            command = action.get("command") or after.get("command") or {}
            if (command.get("arguments") or [{}])[0].get("proposal") == name:
                mine.append(action)
        return {action["title"]: action for action in mine}

    def act(self, name: str, site: int, title: str) -> None:
        self.do(self.editor.run_action(self.actions(name, site)[title]))
        self.do(self.scene.settle())

    def command(self, name: str, **arguments: Any) -> Any:
        answer = self.do(self.editor.execute(f"codexLsp.{name}", arguments))
        self.do(self.scene.settle())
        return answer

    def proposed(self, command: str, changes: dict[int, tuple[str, str]], **arguments: Any) -> None:
        """Let a run make a proposal, of texts to be replaced by site."""
        chunks = []
        for site in sorted(changes):
            chunks += ["@@", *(f"-{line}" for line in changes[site][0].splitlines())]
            chunks += [f"+{line}" for line in changes[site][1].splitlines()]
        lines = ["*** Begin Patch", f"*** Update File: {FILE}", *chunks, "*** End Patch"]
        self.replies.next = [Reply("\n".join(lines))]
        run = self.command(command, instruction="x", **arguments)["run"]
        self.plans[run] = Plan[int]({site: Offer(text) for site, (_, text) in changes.items()})

    @precondition(lambda self: len(self.plans) < 5)
    @rule(chosen=st.sets(st.integers(0, SITES - 1), min_size=1, max_size=3), lines=st.integers(1, 2))
    def agent_proposes(self, chosen: set[int], lines: int) -> None:
        wanted = {
            site: (self.sites[site], "".join(self.new("agent") for _ in range(lines))) for site in chosen
        }
        span = self.editor.buffer(self.uri).range(0, 0, self.editor.documents.encoding)
        self.proposed("ask", wanted, uri=self.uri, range=span)

    @rule(site=st.integers(0, SITES - 1))
    def person_types_between(self, site: int) -> None:
        line = self.new("typed")
        at = self.place(site) + len("".join(self.lines(site))) - len(f"{site} second\n")
        self.typed[site].append(line)
        self.do(self.editor.type(self.uri, at, line))

    @rule(data=st.data())
    def person_edits_a_site(self, data: st.DataObject) -> None:
        # Where something waits it matters most.
        site = data.draw(st.sampled_from([site for _, site in self.waiting()] or range(SITES)))
        line, at = self.new("typed"), self.place(site)
        self.do(self.editor.replace(self.uri, at, at + len(self.sites[site]), line))
        self.becomes(site, line)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def person_accepts_one(self, data: st.DataObject) -> None:
        name, site = data.draw(st.sampled_from(self.waiting()))
        offer = self.plans[name].offers[site]
        self.act(name, site, TAKE if offer.held else "Codex: accept this change")
        self.becomes(site, offer.text)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def person_rejects_one(self, data: st.DataObject) -> None:
        name, site = data.draw(st.sampled_from(self.waiting()))
        offer = self.plans[name].offers.pop(site)
        title = "keep my lines, drop the proposed ones" if offer.held else "reject this change"
        self.act(name, site, f"Codex: {title}")
        self.plans[name].rejected = True

    @precondition(lambda self: self.waiting(but_held=True))
    @rule(data=st.data())
    def person_accepts_all(self, data: st.DataObject) -> None:
        name, site = data.draw(st.sampled_from(self.waiting(but_held=True)))
        self.act(name, site, "Codex: accept all")
        for each, offer in [*self.plans[name].offers.items()]:
            if not offer.held:
                self.becomes(each, offer.text)

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def person_rejects_all(self, data: st.DataObject) -> None:
        name, site = data.draw(st.sampled_from(self.waiting()))
        self.act(name, site, "Codex: reject all")
        self.plans[name].offers.clear()
        self.plans[name].rejected = True

    @precondition(lambda self: self.waiting())
    @rule(data=st.data())
    def person_refines(self, data: st.DataObject) -> None:
        name, _ = data.draw(st.sampled_from(self.waiting()))
        plan = self.plans[name]
        shown = {site: self.sites[site] if each.held else each.text for site, each in plan.offers.items()}
        wanted = {site: (text, self.new("agent")) for site, text in shown.items()}
        self.proposed("refine", wanted, proposal=name)
        plan.offers.clear()
        if not plan.back and not plan.forth:
            del self.plans[name]

    @precondition(lambda self: any(plan.back or plan.forth for plan in self.plans.values()))
    @rule(data=st.data())
    def person_undoes_or_redoes(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(list(self.plans)))
        answer, plan = self.command("undo", proposal=name), self.plans[name]
        for again in (plan.undone, not plan.undone):
            pairs = plan.forth if again else plan.back
            due = [site for site, (now, _) in pairs.items() if self.sites[site] == now]
            met = [site for site, pair in pairs.items() if self.sites[site] not in pair]
            if due or met:
                assert answer == {"undone": not again, "redone": again, "proposal": name}
                return self.flip(plan, due, again=again)
        assert answer == {"undone": False, "redone": False, "proposal": None}

    def flip(self, plan: Plan[int], due: list[int], *, again: bool) -> None:
        """What was taken back or brought back, by the server or, in an editor that lets it not, by hand."""
        helpers = {each["proposal"] for each in self.command("status")["review"]} - self.plans.keys()
        for helper in helpers:
            if due and not self.editor.applied:
                self.act(helper, due[0], "Codex: accept all")
            self.command("reject", proposal=helper)
        former, other = (plan.forth, plan.back) if again else (plan.back, plan.forth)
        for site in due:
            now, then = former[site]
            other[site] = (then, now)
            self.becomes(site, then)
        if due:
            plan.undone = not again

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        found = self.command("status")
        assert self.editor.buffer(self.uri).text == self.text()
        assert {each["proposal"]: each["state"] for each in found["review"]} == {
            name: plan.state() for name, plan in self.plans.items()
        }

    @invariant()
    def each_place_is_marked(self) -> None:
        marks = self.editor.diagnostics.get(self.uri, [])
        severities = sorted(mark["severity"] for mark in marks)
        held = [offer.held for plan in self.plans.values() for offer in plan.offers.values()]
        assert severities == sorted(3 if each else 4 for each in held)


TestAnything = Session.TestCase
TestAnything.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
