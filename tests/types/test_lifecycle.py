"""The states of an extension, every step between them, and the errors of the rest."""

from __future__ import annotations

import itertools

import pytest

from symphony_types import ExtensionInvalidLifecycleTransitionError, ExtensionLifecycle


S = ExtensionLifecycle
ALLOWED = {
    (S.INSTALLED, S.LOADING),
    (S.LOADING, S.LOADED),
    (S.LOADING, S.ERROR),
    (S.LOADED, S.ACTIVATED),
    (S.LOADED, S.UNLOADING),
    (S.ACTIVATED, S.RUNNING),
    (S.ACTIVATED, S.DEACTIVATING),
    (S.RUNNING, S.PAUSED),
    (S.RUNNING, S.DEACTIVATING),
    (S.RUNNING, S.ERROR),
    (S.PAUSED, S.RUNNING),
    (S.PAUSED, S.DEACTIVATING),
    (S.DEACTIVATING, S.LOADED),
    (S.UNLOADING, S.INSTALLED),
    (S.ERROR, S.UNLOADING),
}


def test_states_are_named_and_ordered_as_on_the_wire():
    """The values are serde's variant names, in declaration order."""
    assert [state.value for state in S] == [
        "Installed",
        "Loading",
        "Loaded",
        "Activated",
        "Running",
        "Paused",
        "Deactivating",
        "Unloading",
        "Error",
    ]


@pytest.mark.parametrize("pair", list(itertools.product(S, S)), ids=lambda pair: f"{pair[0].value}-{pair[1].value}")
def test_every_pair(pair):
    """Exactly the allowed steps can be taken; any other raises and names both states."""
    state, target = pair

    assert state.can_transition_to(target) is (pair in ALLOWED)
    assert (target in state.successors) is (pair in ALLOWED)
    if pair in ALLOWED:
        assert state.transition_to(target) is target
    else:
        with pytest.raises(ExtensionInvalidLifecycleTransitionError) as caught:
            state.transition_to(target)
        assert (caught.value.from_, caught.value.to) == (state.value, target.value)


def test_active_and_terminal():
    """Activated, running and paused are active; installed and failed rest."""
    assert {state for state in S if state.is_active()} == {S.ACTIVATED, S.RUNNING, S.PAUSED}
    assert {state for state in S if state.is_terminal()} == {S.INSTALLED, S.ERROR}


def test_every_state_is_reached_from_installed():
    """No state is cut off, and every one leads back."""
    reached, frontier = {S.INSTALLED}, [S.INSTALLED]
    while frontier:
        for state in frontier.pop().successors:
            if state not in reached:
                reached.add(state)
                frontier.append(state)

    assert reached == set(S)
