// Divides a long transcript into lists, so that the browser can skip those outside the screen.

const MOST = 40 // items of a list

// The server appends to the list with the id, which is always the last one.
document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  const { target: full } = detail
  if (!full.matches('.transcript:last-child') || full.children.length < MOST) return
  const list = full.cloneNode()
  full.removeAttribute('id')
  full.after(list)
  detail.target = list
})
