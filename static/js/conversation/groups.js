// Divides a transcript into lists, which browsers skip outside the screen. Marks minutes and days.

const MOST = 40 // items of a list

// A browser keeps the layout of a list that it skips, which takes most of the memory of a message.
// To drop it, the list leaves the page and returns.
const dropLayout = (list) => {
  const [item, after] = [list.firstElementChild, list.nextElementSibling]
  if (list.ariaLive || item?.checkVisibility({ contentVisibilityAuto: true }) !== false) return
  list.ariaLive = 'off' // its messages are not new
  list.remove()
  after.before(list)
}

// The server appends to the list with the id, which is always the last one.
document.addEventListener('htmx:oobBeforeSwap', ({ detail, detail: { target: full } }) => {
  if (!full.matches('.transcript:last-child') || full.children.length < MOST) return
  detail.target = full.cloneNode()
  full.removeAttribute('id')
  full.after(detail.target)
  for (const each of [...full.parentElement.children].slice(0, -2)) dropLayout(each)
})

// Returns the item beside this one, which may be in another list.
const beside = (item, sibling, end) => {
  let [next, list] = [item[sibling], item.parentElement]
  while (!next && (list = list[sibling])) next = list[end]
  return next
}
const previous = (item) => beside(item, 'previousElementSibling', 'lastElementChild')
const next = (item) => beside(item, 'nextElementSibling', 'firstElementChild')
const when = (message) => new Date(message.querySelector('.message__time').dateTime)
const dayOf = (message) => when(message).toDateString()

const group = (item) => {
  const before = previous(item)
  let [last, isMarked] = [before, false]
  for (; last?.matches('.note'); last = previous(last)) isMarked ||= last.matches('.note--day')
  const isSecond = Boolean(last) && item.matches('.message')
  const isNewDay = isSecond && !isMarked && dayOf(last) !== dayOf(item)
  if (isNewDay) item.dispatchEvent(new Event('day-began', { bubbles: true })) // local_times.js
  const isNext = isSecond && last === before && when(item) - when(last) < 60_000 &&
    last.matches('.message--mine') === item.matches('.message--mine')
  item.classList.toggle('message--next', isNext)
  before?.classList.toggle('message--continued', isNext)
  before?.classList.toggle('message--passed', isNext && !!item.querySelector('.state--delivered'))
}

const changed = ({ target, previousSibling, addedNodes, nextSibling }) =>
  target.matches('.transcript') ? [previousSibling, ...addedNodes, nextSibling] :
    target.closest('.transcript > .message')

new MutationObserver((records) => {
  for (const node of new Set(records.flatMap(changed))) {
    const item = node?.matches ? node : node?.nextElementSibling ?? node?.previousElementSibling
    if (!item?.isConnected) continue
    group(item)
    next(item) ? group(next(item)) : item.classList.remove('message--continued')
  }
}).observe(document.getElementById('panes'), { childList: true, subtree: true })
