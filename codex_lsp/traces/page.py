"""A run as one page of HTML that needs nothing else: no script, no network, no link but to its own parts.

What a model or a file says is text and nothing but text (`markup`); the page's policy allows its own style
and nothing more.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from codex_lsp.traces.charts import kind_of, timeline, tokens
from codex_lsp.traces.diffs import counts, diff_file
from codex_lsp.traces.markup import Markup, join, tag
from codex_lsp.traces.story import Call, Story, Turn

# Of one text; the record has all of it.
MAX_CHARACTERS = 40_000
_PROBLEMS = {
    "arguments": "wrong arguments",
    "edit": "did not fit",
    "denied": "not allowed",
    "failed": "failed",
}
_GOOD, _FAILED = ("finished", "answered"), ("failed",)


def page(story: Story) -> str:
    """The whole page."""
    style = resources.files("codex_lsp.traces").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{_instruction(story)} · codex-lsp"),
        tag("style", Markup(style)),
    )
    body = tag(
        "body", tag("main", _head(story), _pictures(story), _proposal(story), _steps(story), _foot(story))
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _instruction(story: Story) -> str:
    return " ".join(str(story.record.start["instruction"]).split()) or str(story.record.start["kind"])


def _head(story: Story) -> Markup:
    summary, start = story.record.summary, story.record.start
    kind = "good" if summary.reason in _GOOD else "failed" if summary.reason in _FAILED else "stopped"
    when = summary.at.replace("T", " ").rstrip("Z")
    about = f"{summary.kind} · {start['focus']['path']} · {story.model or 'no model'} · {when} UTC · "
    end = story.record.end
    message = str(end["message"]) if end else "The end of this run is not on record."
    return tag(
        "header",
        tag("p", tag("span", summary.reason, class_=f"badge {kind}"), tag("code", summary.run), class_="top"),
        tag("h1", _instruction(story)),
        tag("p", about, f"codex-lsp {start['version']}", class_="about"),
        tag("p", _cut(message), class_="message") if message.strip() else None,
        tag("dl", _tiles(story), class_="tiles"),
    )


def _tiles(story: Story) -> Iterator[Markup]:
    summary = story.record.summary
    came = sum(counts(change)[0] for change in story.proposal)
    went = sum(counts(change)[1] for change in story.proposal)
    tiles = [
        ("time", f"{story.seconds:,.1f} s", ""),
        ("turns", str(len(story.turns)), f"{len(story.calls)} tool calls"),
        ("tokens", f"{summary.tokens or 0:,}", "" if summary.cost is None else f"${summary.cost:.4f}"),
        ("files", str(len(story.proposal)), f"+{came} −{went} lines"),
    ]
    if story.verifications:
        tiles.append(("check", str(story.verifications[-1][1]["status"]), ""))
    for name, value, more in tiles:
        yield tag("div", tag("dt", name), tag("dd", value, tag("small", more) if more else None))


def _pictures(story: Story) -> Markup:
    chart = tokens(story)
    return join(
        _section("Timeline", tag("figure", timeline(story), _legend())) if story.turns else None,
        _section("Tokens", tag("figure", chart, _token_legend())) if chart else None,
    )


def _legend() -> Markup:
    kinds = ("model", "read", "edit", "finish", "bad")
    names = ("the model thinks", "a tool reads", "an edit", "finished", "it went wrong")
    return tag("figcaption", (_key(f"bar {kind}", name) for kind, name in zip(kinds, names, strict=True)))


def _token_legend() -> Markup:
    return tag("figcaption", _key("tokens prompt", "prompt"), _key("tokens reply", "reply"))


def _key(class_: str, name: str) -> Markup:
    square = tag("rect", width=12, height=12, rx=3, class_=class_)
    return tag("span", tag("svg", square, viewBox="0 0 12 12", class_="key", aria_hidden="true"), name)


def _section(title: str, *children: Markup) -> Markup:
    return tag("section", tag("h2", title), children)


def _steps(story: Story) -> Markup:
    entries: list[tuple[float, int, Markup]] = [(turn.asked, 1, _turn(turn)) for turn in story.turns]
    entries += ((at, 0, _note(at, note)) for at, note in story.notes)
    entries += ((at, 2, _check(at, event)) for at, event in story.verifications)
    ordered = [entry[2] for entry in sorted(entries, key=lambda entry: entry[:2])]
    return _section("Steps", tag("ol", ordered, class_="steps"))


def _note(at: float, note: str) -> Markup:
    return tag("li", _time(at), tag("span", note), class_="note")


def _check(at: float, event: dict[str, Any]) -> Markup:
    status = str(event["status"])
    said = tag("span", f"check {status}", class_=f"tag {status}")
    return tag("li", _time(at), said, " ", tag("span", str(event["note"])), class_="note")


def _turn(turn: Turn) -> Markup:
    took = "" if turn.replied is None else f"{turn.replied - turn.asked:.1f} s"
    used = turn.usage.get("total_tokens", 0)
    facts = " · ".join(each for each in (took, f"{used:,} tokens" if used else "") if each)
    return tag(
        "li",
        _time(turn.asked),
        tag("h3", f"Turn {turn.number}", tag("small", facts)),
        _sent(turn),
        _said(turn),
        tag("div", (_call(call) for call in turn.calls), class_="calls") if turn.calls else None,
        (diff_file(change) for change in turn.changes),
        id=f"turn-{turn.number}",
        class_="turn",
    )


def _sent(turn: Turn) -> Markup:
    messages = turn.request["messages"]
    parts = [
        join(tag("p", str(each.get("role", "")), class_="role"), _pre(_content(each.get("content"))))
        for each in messages
        if each.get("role") not in ("assistant", "tool")
    ]
    if "workspace" in turn.request:
        parts.append(join(tag("p", "workspace", class_="role"), _pre(_pretty(turn.request["workspace"]))))
    if not parts:
        return Markup()
    tools = ", ".join(map(str, turn.request["tools"]))
    title = "What was sent" + (f", with the tools {tools}" if tools else "")
    return tag("details", tag("summary", title), parts, class_="fold")


def _said(turn: Turn) -> Markup:
    if turn.error is not None:
        return tag("p", str(turn.error["message"]), class_="error")
    if turn.reply is None:
        return tag("p", "No answer is on record.", class_="error")
    reasoning, content = str(turn.reply["reasoning"]), str(turn.reply["content"])
    return join(
        tag("details", tag("summary", "Reasoning"), _pre(reasoning), class_="fold") if reasoning else None,
        tag("div", _cut(content), class_="said") if content.strip() else None,
    )


def _call(call: Call) -> Markup:
    kind = kind_of(call)
    took = "" if call.done is None else f"{(call.done - call.begun) * 1000:,.0f} ms"
    head = tag(
        "summary",
        tag("span", call.name, class_=f"tool {kind}"),
        tag("span", call.title, class_="title"),
        tag("span", _PROBLEMS.get(call.problem, took or "not done"), class_="took"),
    )
    return tag(
        "details",
        head,
        (diff_file(change) for change in call.changes),
        tag("details", tag("summary", "The call"), _exchange(call), class_="fold")
        if call.changes
        else _exchange(call),
        class_=f"call {kind}",
        open=bool(call.changes),
    )


def _exchange(call: Call) -> Markup:
    return join(
        tag("p", "arguments", class_="role"),
        _pre(_pretty(call.values) if call.values else call.arguments),
        tag("p", "result", class_="role"),
        _pre(call.text),
    )


def _proposal(story: Story) -> Markup:
    if story.is_damaged or story.record.is_cut:
        note = tag(
            "p", "Some of the run was too long to be recorded, or its record is damaged.", class_="error"
        )
    else:
        note = Markup()
    if not story.proposal:
        return _section("No change", note) if note else Markup()
    title = "The proposal" if story.record.summary.reason in _GOOD else "What was made of it by then"
    return _section(title, note, *(diff_file(change) for change in story.proposal))


def _foot(story: Story) -> Markup:
    again = f"codex-lsp runs replay {story.record.run}"
    return tag("footer", "Run it again from its record, without network: ", tag("code", again))


def _time(at: float) -> Markup:
    return tag("span", f"{at:.2f} s", class_="time")


def _pre(value: str) -> Markup:
    return tag("pre", _cut(value))


def _cut(value: str) -> str:
    if len(value) <= MAX_CHARACTERS:
        return value
    return f"{value[:MAX_CHARACTERS]}\n… {len(value) - MAX_CHARACTERS:,} more characters are on record"


def _content(content: object) -> str:
    return content if isinstance(content, str) else _pretty(content)


def _pretty(value: object) -> str:
    """JSON to read: the line ends of long texts are line ends."""
    if isinstance(value, dict) and all(isinstance(each, str | int | bool) for each in value.values()):
        return "\n".join(
            f"{key}: {each}" if "\n" not in str(each) else f"{key}:\n{each}" for key, each in value.items()
        )
    return json.dumps(value, ensure_ascii=False, indent=2)
