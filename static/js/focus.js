// Where somebody is in the page: kept when a part of it is drawn anew, and not left in a menu that has led elsewhere.

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { id } = document.activeElement
  if (id && event.detail.target.contains(document.activeElement)) setTimeout(() => document.getElementById(id)?.focus())
})

// Its links open windows of their own: whoever comes back would find it still over the page.
document.addEventListener('click', ({ target }) => target.closest('[popover] a')?.closest('[popover]').hidePopover())
