"""Several proposals over two files, accepted, rejected, refined, undone and typed into at random.

The model knows nothing of offsets or diffs. A file is lines that nobody touches, sites that proposals are
for, and what the person typed between them; each rule says what becomes of the sites.
"""

from __future__ import annotations

from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from codex_lsp.edits.diff import Hunk, apply_hunks
from codex_lsp.review.proposal import FileChange, Proposal
from codex_lsp.review.store import Store
from tests.support.review_model import Offer, Plan, become

FILES, SITES = ("a.py", "b.py"), 4
Site = tuple[str, int]


class Review(RuleBasedStateMachine):
    """The store beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.numbers = count()
        self.sites = {(path, at): f"{path} site {at}\n" for path in FILES for at in range(SITES)}
        self.typed: dict[Site, list[str]] = {site: [] for site in self.sites}
        self.plans: dict[str, Plan[Site]] = {}
        self.texts = {path: self.text(path) for path in FILES}
        # Where lines are to go there is one proposal alone: what wants a line that is gone has no place.
        self.sole: set[Site] = set()

    def text(self, path: str) -> str:
        """The text that the model says a file has."""
        lines = [f"{path} begins\n"]
        for (each, at), content in self.sites.items():
            if each == path:
                lines += [content, f"{path} {at} first\n", *self.typed[each, at], f"{path} {at} second\n"]
        return "".join(lines)

    def new(self, what: str) -> str:
        return f"{what} {next(self.numbers)}\n"

    def waiting(self, *, held: bool) -> list[tuple[str, Site]]:
        """All places where something waits, by proposal."""
        return [
            (name, site)
            for name, plan in self.plans.items()
            for site, offer in plan.offers.items()
            if offer.held is held
        ]

    def number(self, name: str, site: Site) -> int:
        """The number of what waits at a site, as the store counts: hunks in order, then what is held."""
        offers = self.plans[name].offers
        mine = [each for each in self.sites if each in offers and each[0] == site[0]]
        return sorted(mine, key=lambda each: offers[each].held).index(site)

    def becomes(self, site: Site, content: str) -> None:
        """A site has another text: what that means for all that is proposed for it."""
        former, self.sites[site] = self.sites[site], content
        become(self.plans, site, former, content)

    def follow(self, texts: dict[str, str]) -> None:
        """The texts are these now, and all that waits follows."""
        self.texts = texts
        for item in self.store.waiting():
            self.store.follow(item, texts)

    def put(self, path: str, hunk: Hunk) -> None:
        self.follow({**self.texts, path: apply_hunks(self.texts[path], [hunk])})

    def propose(self, name: str, wanted: dict[Site, str]) -> None:
        """A proposal as a run makes it: texts as they are, and as they shall be."""
        before, kept = self.texts, dict(self.sites)
        self.sites.update(wanted)
        changes = tuple(
            FileChange(path, before[path], self.text(path))
            for path in FILES
            if self.text(path) != before[path]
        )
        self.sites = kept
        plan = self.plans.setdefault(name, Plan[Site]())
        plan.offers = {site: Offer(text) for site, text in wanted.items()}
        self.store.add(Proposal(name, "s", changes))

    @precondition(lambda self: len(self.plans) < 5)
    @rule(data=st.data())
    def agent_proposes(self, data: st.DataObject) -> None:
        free = [site for site, content in self.sites.items() if content and site not in self.sole]
        chosen = (
            data.draw(st.lists(st.sampled_from(free), min_size=1, max_size=4, unique=True)) if free else []
        )
        if chosen:
            kinds = {site: data.draw(st.sampled_from(["line", "two lines", "nothing"])) for site in chosen}
            self.propose(f"p{next(self.numbers)}", {site: self.wanted(site, kinds[site]) for site in chosen})

    def wanted(self, site: Site, kind: str) -> str:
        contested = any(site in plan.offers for plan in self.plans.values())
        if kind == "nothing" and not contested:
            self.sole.add(site)
            return ""
        return self.new("agent") + (self.new("agent") if kind == "two lines" else "")

    @rule(site=st.sampled_from([(path, at) for path in FILES for at in range(SITES)]))
    def person_types_between(self, site: Site) -> None:
        self.typed[site].append(self.new("typed"))
        self.follow({path: self.text(path) for path in FILES})

    @rule(data=st.data())
    def person_edits_a_site(self, data: st.DataObject) -> None:
        there = [site for site, content in self.sites.items() if content]
        if there:
            self.becomes(data.draw(st.sampled_from(there)), self.new("typed"))
            self.follow({path: self.text(path) for path in FILES})

    @rule(data=st.data())
    def person_accepts_one(self, data: st.DataObject) -> None:
        if places := self.waiting(held=False):
            name, site = data.draw(st.sampled_from(places))
            hunk = self.store.items[name].hunks(site[0])[self.number(name, site)]
            self.becomes(site, self.plans[name].offers[site].text)
            self.put(site[0], hunk)

    @rule(data=st.data())
    def person_gives_way_to_what_is_held(self, data: st.DataObject) -> None:
        if places := self.waiting(held=True):
            name, site = data.draw(st.sampled_from(places))
            change = next(each for each in self.store.items[name].proposal.changes if each.path == site[0])
            held = change.held[self.number(name, site) - len(change.line_hunks)]
            self.becomes(site, self.plans[name].offers[site].text)
            self.put(site[0], Hunk(held.start, held.end, held.text))

    @rule(data=st.data())
    def person_rejects_one(self, data: st.DataObject) -> None:
        if places := self.waiting(held=False) + self.waiting(held=True):
            name, site = data.draw(st.sampled_from(places))
            assert self.store.items[name].reject(site[0], self.number(name, site))
            del self.plans[name].offers[site]
            self.plans[name].rejected = True

    @rule(data=st.data())
    def person_accepts_all(self, data: st.DataObject) -> None:
        if not self.store.waiting():
            return
        name = data.draw(st.sampled_from([item.proposal.id for item in self.store.waiting()]))
        plan, taken = self.plans[name], self.store.take(name)
        assert taken is not None
        for site in [site for site, offer in plan.offers.items() if not offer.held]:
            self.becomes(site, plan.offers[site].text)
        self.deliver(taken)

    def deliver(self, proposal: Proposal) -> None:
        """As `lsp.delivery` does it: apply, remember, let what is held wait."""
        texts = {**self.texts, **{each.path: each.proposed or "" for each in proposal.changes}}
        if texts != self.texts:
            self.store.applied(proposal)
        if any(each.held for each in proposal.changes):
            item = self.store.add(proposal)
            self.store.follow(item, texts, record=False)
        self.store.ended(proposal.id)
        self.follow(texts)

    @rule(data=st.data())
    def person_rejects_all(self, data: st.DataObject) -> None:
        if names := [item.proposal.id for item in self.store.waiting()]:
            name = data.draw(st.sampled_from(names))
            assert self.store.reject(name)
            self.plans[name].offers.clear()
            self.plans[name].rejected = True

    @rule(data=st.data())
    def person_refines(self, data: st.DataObject) -> None:
        if names := [item.proposal.id for item in self.store.waiting()]:
            name = data.draw(st.sampled_from(names))
            sites = [site for site in self.plans[name].offers if self.sites[site] and site not in self.sole]
            assert self.store.withdraw(name)
            self.plans[name].offers.clear()
            if name not in self.store.items:
                del self.plans[name]
            if sites:
                self.propose(f"p{next(self.numbers)}", {site: self.new("agent") for site in sites})

    @rule(data=st.data())
    def person_undoes_or_redoes(self, data: st.DataObject) -> None:
        if not self.plans:
            return
        name = data.draw(st.sampled_from(sorted(self.plans)))
        proposal = self.store.undo(self.store.items[name], self.texts)
        plan = self.plans[name]
        for again in (plan.undone, not plan.undone):
            pairs = plan.forth if again else plan.back
            due = [site for site, (now, _) in pairs.items() if self.sites[site] == now]
            met = [site for site, pair in pairs.items() if self.sites[site] not in pair]
            if due or met:
                assert proposal is not None
                assert bool(proposal.redoes) is again
                assert sum(len(each.held) for each in proposal.changes) == len(met)
                return self.flip(plan, proposal, due, again=again)
        assert proposal is None

    def flip(self, plan: Plan[Site], proposal: Proposal, due: list[Site], *, again: bool) -> None:
        former, other = (plan.forth, plan.back) if again else (plan.back, plan.forth)
        for site in due:
            now, then = former[site]
            other[site] = (then, now)
            self.becomes(site, then)
        if due:
            plan.undone = not again
        self.deliver(proposal)
        self.store.reject(proposal.id)

    @invariant()
    def the_texts_are_what_the_model_says(self) -> None:
        assert self.texts == {path: self.text(path) for path in FILES}

    @invariant()
    def all_stands_as_the_model_says(self) -> None:
        assert {name: item.state for name, item in self.store.items.items()} == {
            name: plan.state() for name, plan in self.plans.items()
        }

    @invariant()
    def what_waits_is_what_the_model_says(self) -> None:
        for name, plan in self.plans.items():
            changes = self.store.items[name].proposal.changes
            for held in (False, True):
                found = [hunk.text for each in changes for hunk in (each.held if held else each.line_hunks)]
                wanted = [plan.offers[site].text for site in self.sites if site in plan.offers]
                states = [plan.offers[site].held for site in self.sites if site in plan.offers]
                assert sorted(found) == sorted(
                    text for text, each in zip(wanted, states, strict=True) if each is held
                )


TestReview = Review.TestCase
TestReview.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
