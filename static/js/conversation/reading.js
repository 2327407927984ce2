// Marks messages as seen, and tells the user's other windows. A message is seen if half of it, or
// half a screen of a long one, was in view for a second while the page had the focus.

const REST = 1000 // ms
const BURST = 200 // ms: messages seen within this time are told together
const STEPS = Array.from({ length: 101 }, (_, step) => step / 200) // shares of a long message
const THEIRS = '.transcript > .message--theirs'
const inView = new Map() // unread messages, and since when
let timer

const byPosition = (one, other) =>
  one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1

const settle = () => {
  timer = undefined
  if (document.visibilityState !== 'visible' || !document.hasFocus()) return
  const now = performance.now()
  const shown = [...inView].filter(([message]) => message.closest('.pane:target'))
  const seen = shown.filter(([, since]) => now - since >= REST).map(([message]) => message)
  seen.sort(byPosition).at(-1)?.dispatchEvent(new Event('message-seen', { bubbles: true }))
  for (const message of seen) inView.delete(message)
  const next = Math.min(...shown.map(([, since]) => since + REST - now).filter((wait) => wait > 0))
  if (next <= REST) timer = setTimeout(settle, Math.max(next, BURST))
}

const observer = new IntersectionObserver((changes) => {
  for (const { target, intersectionRatio, intersectionRect: { height } } of changes) {
    const isRead = 'read' in target.dataset
    const half = target.closest('.pane__scroller')?.clientHeight / 2
    if (isRead) observer.unobserve(target)
    if (isRead || intersectionRatio < 0.5 && !(height >= half)) inView.delete(target)
    else if (!inView.has(target)) inView.set(target, performance.now())
  }
  timer ??= setTimeout(settle, REST)
}, { threshold: STEPS })

// The second begins when the user comes to the page or to the conversation.
const restart = () => {
  for (const message of inView.keys()) inView.set(message, performance.now())
  timer ??= setTimeout(settle, REST)
}
for (const kind of ['focus', 'hashchange']) addEventListener(kind, restart)
document.addEventListener('visibilitychange', restart)

document.addEventListener('message-seen', ({ target }) => {
  const form = document.getElementById(`${target.closest('.pane').id}-reading`)
  form.elements.message.value = target.id
  htmx.trigger(form, 'conversation-read')
})

for (const message of document.querySelectorAll(THEIRS)) observer.observe(message)
document.addEventListener('htmx:load', ({ target }) => {
  if (target.matches(THEIRS)) observer.observe(target)
})
