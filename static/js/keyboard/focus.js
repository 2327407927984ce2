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
