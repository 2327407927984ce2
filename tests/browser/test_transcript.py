"""Messages are grouped, and lines mark days and new messages."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE

YESTERDAY = "time => { time.dateTime = new Date(new Date(time.dateTime) - 864e5).toISOString() }"
HIDDEN = "inset(50%)"  # visually only
TOP = "message => message.getBoundingClientRect().top"
BOTTOM = "message => message.getBoundingClientRect().bottom"


def gap(upper, lower):
    return lower.evaluate(TOP) - upper.evaluate(BOTTOM)


def test_messages_within_a_minute_are_grouped_with_one_time(alice, bob):
    alice.chooses(bob)
    bob.chooses(alice)
    for text in ("one", "two"):
        alice.says(text)
        bob.hears(text)
    bob.says("three")
    alice.hears("three")
    for person in (alice, bob):
        one, two, three = (person.heard(text) for text in ("one", "two", "three"))
        expect(one.locator("time")).to_have_css("clip-path", HIDDEN)
        for message in (two, three):
            expect(message.locator("time")).to_have_css("clip-path", "none")
        assert gap(one, two) < gap(two, three)
        # Screen readers find each time, and so does a user who moves the focus to a message.
        for message in (one, two, three):
            expect(message).to_match_aria_snapshot("- time: /\\d+:\\d+/")
        one.focus()
        expect(one.locator("time")).to_have_css("clip-path", "none")


def test_delivered_is_a_tick_on_the_last_delivered_message_of_a_minute(alice, bob):
    alice.chooses(bob)
    for text in ("one", "two"):
        alice.says(text)
        expect(alice.heard(text).locator(".message__state")).to_have_text("delivered")
    ticks = alice.pane.locator(".state--delivered")
    expect(alice.heard("one").locator(".state--delivered")).to_be_hidden()
    expect(alice.heard("two").locator(".state--delivered")).to_be_visible()
    expect(alice.heard("two").locator(".message__foot")).to_match_aria_snapshot("- text: delivered")
    bob.page.goto("about:blank")
    alice.says("three")
    waiting = alice.page.get_by_text(f"Waiting for {bob.name}")
    expect(waiting).to_be_visible()
    expect(alice.heard("two").locator(".state--delivered")).to_be_visible()
    alice.unsends("two")
    expect(ticks).to_have_count(1)
    expect(alice.heard("one").locator(".state--delivered")).to_be_visible()


def test_unsending_the_end_of_a_group_shows_the_time_on_the_message_above(alice, bob):
    alice.chooses(bob)
    for text in ("one", "two"):
        alice.says(text)
        alice.hears(text)
    expect(alice.heard("one").locator("time")).to_have_css("clip-path", HIDDEN)
    alice.unsends("two")
    expect(alice.heard("two")).to_have_count(0)
    expect(alice.heard("one").locator("time")).to_have_css("clip-path", "none")


def test_a_line_separates_days(alice, bob):
    alice.chooses(bob)
    alice.says("before midnight")
    alice.hears("before midnight")
    expect(alice.pane.locator(".note--day")).to_have_count(0)
    alice.heard("before midnight").locator("time").evaluate(YESTERDAY)
    for text in ("after it", "and later"):
        alice.says(text)
        alice.hears(text)
    day = alice.pane.locator(".note--day")
    expect(day).to_have_count(1)
    today = alice.page.evaluate("new Date().toLocaleDateString('en', { weekday: 'long' })")
    expect(day).to_contain_text(today)
    expect(day.locator("+ .message")).to_contain_text("after it")


def test_a_line_marks_new_messages_until_the_reader_answers(alice, bob, somebody):
    carol = somebody("carol")
    alice.chooses(bob)
    bob.chooses(alice)
    bob.says("seen")
    expect(alice.heard("seen")).to_have_attribute("data-read", "")
    line = alice.pane.locator(".note--news")
    expect(line).to_have_count(0)
    alice.chooses(carol)
    for text in ("unseen", "and more"):
        bob.says(text)
    expect(alice.conversation(bob)).to_contain_text("2 unread")
    alice.conversation(bob).click()
    alice.hears("and more")
    expect(line).to_have_count(1)
    expect(line.locator("+ .message")).to_contain_text("unseen")
    alice.says("an answer")
    alice.hears("an answer")
    expect(line).to_have_count(0)


def test_the_line_moves_to_the_newest_unread_message(alice, bob, somebody):
    carol = somebody("carol")
    alice.chooses(bob)
    bob.chooses(alice)
    for text in ("first", "second"):
        alice.chooses(carol)
        bob.says(text)
        expect(alice.conversation(bob)).to_contain_text("1 unread")
        alice.conversation(bob).click()
        expect(alice.heard(text)).to_have_attribute("data-read", "")
    line = alice.pane.locator(".note--news")
    expect(line).to_have_count(1)
    expect(line.locator("+ .message")).to_contain_text("second")
    alice.chooses(carol)
    alice.conversation(bob).click()
    expect(line).to_have_count(0)


def says_lines(person, count):
    for number in range(count):
        person.says(f"line {number}.")


def to_end(person):
    return person.pane.get_by_role("button", name="Jump to the end")


IN_VIEW = """messages => {
  const { bottom } = document.querySelector('.pane:target .pane__scroller').getBoundingClientRect()
  const middle = ({ top, height }) => top + height / 2
  return messages.filter((each) => middle(each.getBoundingClientRect()) <= bottom).length
}"""


def test_a_conversation_opens_at_the_first_unread_message_and_reads_what_is_in_view(alice, bob):
    other = alice.opens_another_window()
    told = []

    def note_frame(frame):
        told.append(frame)

    alice.page.on("websocket", lambda socket: socket.on("framesent", note_frame))
    alice.comes_again()
    bob.chooses(alice)
    says_lines(bob, 60)
    expect(alice.conversation(bob)).to_contain_text("60 unread")
    alice.page.bring_to_front()
    alice.conversation(bob).click()
    line = alice.pane.locator(".note--news")
    expect(line).to_be_in_viewport()
    expect(line.locator("+ .message")).to_contain_text("line 0.")
    expect(alice.heard("line 0.")).to_have_attribute("data-read", "")
    messages = alice.pane.locator(".transcript > .message")
    rest = 60 - messages.evaluate_all(IN_VIEW)
    assert 0 < rest < 60
    for window in (alice, other):
        expect(window.page).to_have_title(f"({rest}) Sotto")
    assert len([frame for frame in told if '"read"' in frame]) == 1
    expect(to_end(alice)).to_contain_text(f"{rest} new")
    alice.heard("line 39.").evaluate("message => message.scrollIntoView({ block: 'end' })")
    expect(to_end(alice)).to_contain_text("20 new")
    expect(alice.heard("line 40.")).not_to_have_attribute("data-read", "")
    to_end(alice).click()
    expect(alice.heard("line 59.")).to_be_in_viewport()
    for window in (alice, other):
        expect(window.page).to_have_title("Sotto")
    expect(to_end(alice)).to_be_hidden()


def test_a_message_that_is_higher_than_the_screen_is_read(alice, bob):
    bob.chooses(alice).says("\n".join(["one word"] * 400))
    alice.conversation(bob).click()
    expect(alice.heard("one word")).to_have_attribute("data-read", "")
    expect(alice.page).to_have_title("Sotto")


def test_a_button_leads_from_older_messages_first_to_the_new_ones_then_to_the_end(alice, bob):
    alice.chooses(bob)
    bob.chooses(alice)
    says_lines(bob, 40)
    expect(alice.heard("line 39.")).to_have_attribute("data-read", "")
    expect(to_end(alice)).to_be_hidden()
    alice.heard("line 0.").evaluate("message => message.scrollIntoView()")
    expect(to_end(alice)).to_be_visible()
    expect(to_end(alice)).not_to_contain_text("new")
    for number in range(40):
        bob.says(f"news {number}.")
    expect(to_end(alice)).to_contain_text("40 new")
    to_end(alice).press("Enter")
    expect(alice.heard("news 0.")).to_be_focused()
    expect(alice.pane.locator(".note--news")).to_be_in_viewport()
    expect(alice.heard("news 39.")).not_to_be_in_viewport()
    to_end(alice).press("Enter")
    expect(alice.heard("news 39.")).to_be_in_viewport()
    expect(alice.heard("news 39.")).to_be_focused()
    expect(to_end(alice)).to_be_hidden()


SAY = """([conversation, from, to]) => {
  for (let number = from; number <= to; number += 1) {
    const id = crypto.randomUUID()
    const detail = { type: 'message', conversation, id, text: `no. ${number}.` }
    document.dispatchEvent(new CustomEvent('frame', { detail }))
  }
}"""
LENGTHS = "lists => lists.map(list => list.querySelectorAll('.message').length)"


def says_numbers(person, first, last):
    conversation = person.pane.get_attribute("data-conversation")
    person.page.evaluate(SAY, [conversation, first, last])


def test_a_long_conversation_is_one_log_of_several_lists(alice, bob):
    alice.chooses(bob)
    bob.chooses(alice)
    says_numbers(alice, 1, 90)
    lists = bob.pane.get_by_role("log").locator("> .transcript")
    for person in (alice, bob):
        person.hears("no. 90.")
    assert lists.evaluate_all(LENGTHS) == [40, 40, 10]
    texts = bob.pane.locator(".transcript .message__text").all_text_contents()
    assert texts == [f"no. {number}." for number in range(1, 91)]
    # The browser skips what is off the screen, but not in a search.
    first = bob.heard("no. 1.")
    assert not first.evaluate("message => message.checkVisibility({ contentVisibilityAuto: true })")
    assert bob.page.evaluate("find('no. 1.', false, false, true)")
    alice.clears()
    expect(lists).to_have_count(1)
    expect(bob.pane.locator(".message")).to_have_count(0)
    alice.says("after it")
    bob.hears("after it")


def test_each_person_has_an_avatar_with_a_letter_and_a_colour(alice, bob):
    avatar = alice.entry(bob).locator(".avatar")
    expect(avatar).to_have_text("B")
    expect(avatar).to_have_attribute("aria-hidden", "true")
    alice.chooses(bob)
    assert alice.pane.locator(".avatar").get_attribute("class") == avatar.get_attribute("class")


SELECT = """([first, last]) => {
  const texts = [...document.querySelectorAll('.pane:target .transcript .message__text')]
  const [one, other] = [texts.at(0).firstChild, texts.at(-1).firstChild]
  getSelection().setBaseAndExtent(one, first, other, last ?? other.length)
}"""


def copied(person):
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.page.keyboard.press("Control+c")
    return person.page.evaluate("navigator.clipboard.readText()")


def test_copied_messages_have_one_line_each_with_the_author(alice, bob):
    alice.chooses(bob).says("one\n  of two lines")
    bob.chooses(alice).hears("one")
    bob.says("> one\nis quoted")
    alice.hears("is quoted")
    alice.says("the last")
    bob.hears("the last")
    expect(alice.heard("the last")).to_contain_text("delivered")
    whole = [
        f"{alice.name}: one\n  of two lines",
        f"{bob.name}: > one\nis quoted",
        f"{alice.name}: the last",
    ]
    for person in (alice, bob):
        person.pane.locator(".pane__scroller").focus()
        person.page.keyboard.press("Control+a")
        assert copied(person) == "\n".join(whole)
    alice.page.evaluate(SELECT, [4, 3])
    assert copied(alice).split("\n") == [
        f"{alice.name}:   of two lines",
        *whole[1].split("\n"),
        f"{alice.name}: the",
    ]


def test_formatted_words_are_edited_as_they_were_written_and_long_code_scrolls(alice, somebody):
    phone = somebody("phoebe", **PHONE)
    text = f"*so* **it** `goes`:\n```\n{'long_name(' * 20}\n```"
    phone.chooses(alice)
    alice.chooses(phone).says(text)
    said = phone.pane.locator(".transcript .message__text")
    expect(said).to_have_text(text)
    for tag, words in ("em", "so"), ("strong", "it"), ("code:not(.code)", "goes"):
        expect(said.locator(tag)).to_have_text(words)
    assert not {"*", "`"} & set(said.inner_text())
    code = said.locator(".code")
    assert code.evaluate("code => code.scrollWidth > code.clientWidth")
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 320
    code.focus()
    phone.page.keyboard.press("ArrowRight")
    phone.page.wait_for_function("code => code.scrollLeft > 0", arg=code.element_handle())
    expect(alice.pane.locator(".state--delivered")).to_be_visible()
    alice.composer.press("ArrowUp")
    expect(alice.composer).to_have_value(text)


def test_copying_one_message_copies_only_its_text(alice, bob):
    alice.chooses(bob).says("see you at five")
    bob.chooses(alice).hears("see you at five")
    expect(alice.heard("see you")).to_contain_text("delivered")
    alice.heard("see you").evaluate("message => getSelection().selectAllChildren(message)")
    assert copied(alice).split() == ["You:", "see", "you", "at", "five"]
    alice.composer.fill("typed")
    alice.composer.press("Control+a")
    assert copied(alice) == "typed"
