"""What a screen reader announces, and in which order it reads the page."""

import re

from playwright.sync_api import expect

from tests.browser.hearing import Reader

SEEN = "banner complementary heading link button searchbox navigation log textbox main"


def test_a_message_is_announced_once_with_its_sender(alice, bob):
    alice.chooses(bob)
    bob.chooses(alice)
    reader = Reader(alice.page)
    bob.is_typing_to(alice)
    bob.says("only once")
    alice.hears("only once")
    # In her time zone.
    expect(alice.heard("only once").locator("time")).to_have_attribute("title", re.compile("."))
    assert reader.hears() == [f"{bob.name}:", "only once"]
    bob.says("and this")
    alice.hears("and this")
    assert reader.hears() == [f"{bob.name}:", "and this"]
    assert reader.hears() == []


def test_the_state_of_the_users_own_message_is_announced(alice, bob):
    alice.chooses(bob)
    reader = Reader(alice.page)
    alice.says("a small thing")
    expect(alice.heard("a small thing")).to_contain_text("delivered")
    assert reader.hears() == ["You:", "a small thing"]


def test_a_message_in_a_hidden_conversation_is_not_announced(alice, bob, somebody):
    carol = somebody("carol")
    alice.chooses(bob)
    carol.chooses(alice).says("first")
    expect(alice.conversation(carol)).to_contain_text("1 unread")
    reader = Reader(alice.page)
    carol.says("second")
    expect(alice.conversation(carol)).to_contain_text("2 unread")
    assert reader.hears() == []


def test_a_lost_connection_is_announced(alice):
    reader = Reader(alice.page)
    alice.page.context.set_offline(True)
    expect(alice.page.locator("#connection")).to_contain_text("Reconnecting…")
    (words,) = reader.hears()
    assert words.startswith("Reconnecting…")
    alice.page.context.set_offline(False)
    alice.is_connected().forgives_the_wire()


def test_the_reading_order_matches_the_visual_order(alice, bob):
    alice.chooses(bob).says("hello")
    expect(alice.heard("hello")).to_contain_text("delivered")
    nodes = Reader(alice.page).reads()
    read = [(node.role, node.name) for node in nodes if node.role in SEEN.split()]
    wanted = [
        ("link", "Skip to content"),
        ("banner", ""),
        ("heading", "Sotto"),
        ("complementary", "People"),
        ("button", f"Your account: {alice.name}"),
        ("searchbox", "Search people"),
        ("navigation", "Conversations and people"),
        ("heading", "Conversations"),
        ("link", f"{bob.name} online"),
        ("heading", "People"),
        ("main", ""),
        ("heading", bob.name),
        ("button", f"More actions for {bob.name}"),
        ("log", f"Conversation with {bob.name}"),
        ("textbox", f"Message to {bob.name}"),
        ("button", "Send"),
    ]
    places = [read.index(each) for each in wanted]
    assert places == sorted(places)
