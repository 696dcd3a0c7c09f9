"""Proposals as a model of the rules sees them: sites in a text, with no offsets and no diffs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from codex_lsp.review.store import State

Site = TypeVar("Site")


@dataclass
class Offer:
    """What a proposal is for one site: the text it wants there, and whether the person typed there since."""

    text: str
    held: bool = False


@dataclass
class Plan(Generic[Site]):
    """A proposal. `back` and `forth` are pairs of texts: from what to what."""

    offers: dict[Site, Offer] = field(default_factory=dict)
    back: dict[Site, tuple[str, str]] = field(default_factory=dict)
    forth: dict[Site, tuple[str, str]] = field(default_factory=dict)
    undone: bool = False
    rejected: bool = False

    def state(self) -> State:
        """The state that the rules say."""
        if any(offer.held for offer in self.offers.values()):
            return "conflicted"
        if self.offers:
            return "partly accepted" if self.back and not self.undone else "pending"
        if self.undone:
            return "undone"
        return "rejected" if self.rejected and not self.back else "applied"


def become(plans: Mapping[str, Plan[Site]], site: Site, former: str, content: str) -> None:
    """A site has another text than the former one: what that means for all that is proposed for it."""
    for plan in plans.values():
        offer = plan.offers.get(site)
        if offer is None or content == former:
            continue
        if content == offer.text:
            del plan.offers[site]
            plan.back[site] = (content, former)
            plan.undone = False
        else:
            offer.held = True
