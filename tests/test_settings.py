from __future__ import annotations

import string
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from codex_lsp.settings import OPTIONS, SECTION, Settings, parse, schema, shown

VALIDATOR = Draft202012Validator(schema())
NAMES = [option.name for option in OPTIONS]
MEMBERS = [option.member for option in OPTIONS]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=60)
    | st.sampled_from([choice for option in OPTIONS for choice in option.choices])
    | st.integers(-2, 90_000)
    | st.floats(0, 90_000)
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
names = st.sampled_from([*NAMES, *MEMBERS, *(f"{SECTION}.{name}" for name in NAMES), SECTION]) | st.text()
flat = st.dictionaries(names, scalars | anything, max_size=6)
objects = flat | flat.map(lambda inner: {SECTION: inner})


def allowed_values(option: Any) -> st.SearchStrategy[Any]:
    if option.choices:
        return st.sampled_from(list(option.choices))
    if option.type == "boolean":
        return st.booleans()
    if option.type == "array":
        return st.lists(st.from_regex(rf"\A({option.form})\Z"), max_size=3).map(tuple)
    return (st.integers if option.type == "integer" else st.floats)(*option.between)


settings_objects = st.builds(Settings, **{option.member: allowed_values(option) for option in OPTIONS})


def as_options(settings: Settings) -> dict[str, Any]:
    values = {option.name: getattr(settings, option.member) for option in OPTIONS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def test_nothing_set_is_the_defaults() -> None:
    nothings: tuple[object, ...] = (None, {}, [], {SECTION: None}, {SECTION: []}, {"apply": None})
    for nothing in nothings:
        assert parse(nothing) == (Settings(), [])


@pytest.mark.parametrize(
    "options",
    [
        {"apply": "review", "events": True, "maxSteps": 3, "maxSeconds": 1.5},
        {"apply": "review", "events": True, "max_steps": 3, "max_seconds": 1.5},
        {"codexLsp": {"apply": "review", "events": True, "maxSteps": 3.0, "maxSeconds": 1.5}},
        {"codexLsp.apply": "review", "codexLsp.events": True, "codexLsp.maxSteps": 3, "maxSeconds": 1.5},
        {"codexLsp": {"apply": "review", "maxSteps": 3}, "codexLsp.maxSeconds": 1.5, "events": True},
    ],
)
def test_every_form_in_which_editors_write_them_is_read(options: object) -> None:
    settings, problems = parse(options)
    assert problems == []
    assert settings == Settings("review", "auto", True, 3, max_seconds=1.5)
    assert isinstance(settings.max_steps, int)
    assert isinstance(settings.max_seconds, float)


def test_what_stands_below_our_name_and_in_the_documented_form_counts_most() -> None:
    forms = {"maxSteps": 2, "max_steps": 1, "codexLsp.maxSteps": 3, "codexLsp": {"maxSteps": 4}}
    for steps, name in ((4, "codexLsp"), (3, "codexLsp.maxSteps"), (2, "maxSteps"), (1, "max_steps")):
        for order in (forms, dict(reversed(forms.items()))):
            assert parse(order) == (Settings(max_steps=steps), [])
        del forms[name]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"apply": "yolo"}, 'codexLsp.apply must be one of "auto", "review", "annotated", "direct", but'),
        ({"apply": []}, "but is a list"),
        ({"apply": {"x": 1}}, "but is an object"),
        ({"events": 1}, "codexLsp.events must be true or false, but is 1; false is used"),
        ({"max_steps": 0}, "codexLsp.maxSteps must be a whole number from 1 to 1000, but is 0; 24 is used"),
        ({"maxSteps": 1.5}, "but is 1.5"),
        ({"maxSteps": 10**9}, "from 1 to 1000"),
        ({"maxSteps": 10**5000}, "but is a number of many digits"),
        ({"maxSteps": "9" * 99}, f'but is "{"9" * 40}…"'),
        ({"maxSeconds": True}, "codexLsp.maxSeconds must be a number from 1 to 86400, but is true; 900"),
        ({"maxSeconds": float("nan")}, "but is nan"),
        ({"maxSeconds": float("inf")}, "but is inf"),
        ({"hiddenActions": "docs"}, 'must be a list of at most 200 names, but is "docs"; [] is used'),
        ({"hiddenActions": ["docs", "a b"]}, "must be a list of at most 200 names, but is a list"),
        ({"hiddenActions": ["x"] * 201}, "must be a list of at most 200 names, but is a list"),
        ({"codexLsp": 3}, "codexLsp must be an object, but is 3"),
        (["apply"], "The settings must be an object, but are a list"),
        ("x", 'The settings must be an object, but are "x"'),
        ({"aply": "direct"}, "There is no setting codexLsp.aply; did you mean codexLsp.apply?"),
        ({"codexLsp": {"max-steps": 2}}, "no setting codexLsp.max-steps; did you mean codexLsp.maxSteps?"),
        ({"MAXSECONDS": 2}, "did you mean codexLsp.maxSeconds?"),
        ({"q": 1}, "There is no setting codexLsp.q; there are apply, road, events, maxSteps, "),
        ({"\u202eevil": 1}, 'There is no setting "�evil"; there are'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_in_one_sentence_and_keeps_its_default(options: object, told: str) -> None:
    settings, problems = parse(options)
    assert settings == Settings()
    (problem,) = problems
    assert told in problem


def test_many_unknown_names_are_one_short_message() -> None:
    problems = parse({f"z{number}": 1 for number in range(1000)})[1]
    assert problems[-1] == "997 more names are no settings."
    assert len(" ".join(problems)) < 650


def test_what_the_editors_client_reads_is_not_called_unknown() -> None:
    assert parse({"codexLsp": {"trace": {"server": "off"}}, "codexLsp.trace.server": "off"})[1] == []


def test_a_bad_value_keeps_the_layer_below_and_says_so() -> None:
    below = Settings(apply="review", max_steps=5)
    settings, problems = parse({"apply": "x", "maxSteps": -1, "road": "agent"}, below)
    assert settings == Settings(apply="review", max_steps=5, road="agent")
    assert problems[0].endswith('"review" is used.')
    assert problems[1].endswith("5 is used.")


@given(anything | objects)
@example({SECTION: {SECTION: {}}})
@example({"codexLsp.": 1, "": 2, ".": 3})
def test_nothing_raises_and_what_comes_out_is_allowed(options: object) -> None:
    settings, problems = parse(options)
    assert all(option.accepts(getattr(settings, option.member)) for option in OPTIONS)
    assert all(0 < len(problem) < 250 for problem in problems)
    " ".join(problems).encode("utf-8")


@given(objects, settings_objects)
def test_reading_what_was_read_changes_nothing(options: object, below: Settings) -> None:
    settings, _ = parse(options, below)
    assert parse(as_options(settings), below) == (settings, [])
    assert parse(options, settings)[0] == settings


@given(settings_objects, settings_objects)
def test_a_full_layer_hides_the_one_below_and_an_empty_one_shows_it(over: Settings, below: Settings) -> None:
    assert parse(as_options(over), below) == (over, [])
    assert parse({}, below) == (below, [])


@given(objects, settings_objects, settings_objects)
def test_a_layer_either_decides_a_setting_or_leaves_it(options: object, one: Settings, two: Settings) -> None:
    over_one, over_two = parse(options, one)[0], parse(options, two)[0]
    for option in OPTIONS:
        results = getattr(over_one, option.member), getattr(over_two, option.member)
        decided = results[0] == results[1]
        assert decided or results == (getattr(one, option.member), getattr(two, option.member))


# NaN is no JSON; Python's reader takes it, and no schema has words for it.
plain_values = scalars.filter(lambda value: value is not None and value == value)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(string.ascii_letters), plain_values, max_size=5))
def test_the_schema_allows_exactly_what_is_read_without_a_word(options: dict[str, object]) -> None:
    assert VALIDATOR.is_valid(options) == (parse(options)[1] == [])


@pytest.mark.parametrize("option", OPTIONS, ids=NAMES)
def test_every_setting_is_described_with_an_allowed_default(option: Any) -> None:
    described = schema()["properties"][option.name]
    assert option.accepts(described["default"])
    assert described["description"].endswith(".")
    assert described["scope"] in ("resource", "window", "client")
    assert len(described.get("enum", ())) == len(described.get("enumDescriptions", ()))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@given(st.text())
def test_a_shown_text_is_short_and_harmless(text: str) -> None:
    assert shown(text).isprintable()
    assert len(shown(text)) < 100
