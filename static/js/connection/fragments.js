// Nothing is on the page twice: what is about to be appended under an id that is there already is left out.
// #elsewhere is where a broadcast lands that concerns nothing on this page; it stays empty.

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { target, fragment } = event.detail
  if (target.id === 'elsewhere') event.detail.shouldSwap = false
  for (const thing of [...fragment.children]) {
    const present = thing.id && document.getElementById(thing.id)
    if (present && present !== target) thing.remove()
  }
})

// A fragment that has no place in this page was not shown and must not be confirmed. The page does not fit the server:
// it connects anew without a version, to which the server answers in words and lets the page go.

document.addEventListener('htmx:oobErrorNoTarget', () => {
  document.getElementById('version').value = ''
  document.dispatchEvent(new Event('reconnect'))
})

// What was written is kept beside the text on the screen, which a translation or an extension may change: it is read
// here before it is shown. What is sent, changed, quoted or reported is `written`, never what the screen says.

document.addEventListener('htmx:oobBeforeSwap', ({ detail: { fragment } }) => {
  for (const text of fragment.querySelectorAll('.message__text')) text.written = text.textContent
})

// Where somebody is in the page: kept when a part of it is drawn anew, and not left in a menu that has led elsewhere.
// Where it is gone for good, one goes on in the conversation.

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { activeElement: focused } = document
  if (!event.detail.target.contains(focused)) return
  const talk = focused.closest('.pane__scroller')
  setTimeout(() => { if (!focused.isConnected) (document.getElementById(focused.id) ?? talk)?.focus() })
})

// Its links open windows of their own: whoever comes back would find it still over the page.
document.addEventListener('click', ({ target }) => target.closest('[popover] a')?.closest('[popover]').hidePopover())
