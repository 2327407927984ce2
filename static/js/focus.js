// What had the focus and is drawn anew by the server has it again.

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { id } = document.activeElement
  if (id && event.detail.target.contains(document.activeElement)) setTimeout(() => document.getElementById(id)?.focus())
})
