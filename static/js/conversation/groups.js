// Divides a long transcript into lists, of which the browser skips those outside the screen. Marks
// the messages that one person sends within a minute, and the start of each day.

const MOST = 40 // items of a list
const { lang } = document.documentElement
const day = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' })

// The server appends to the list with the id, which is always the last one.
document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  const { target: full } = detail
  if (!full.matches('.transcript:last-child') || full.children.length < MOST) return
  const list = full.cloneNode()
  full.removeAttribute('id')
  full.after(list)
  detail.target = list
})

// Returns the item beside this one, which may be in another list.
const beside = (item, sibling, end) => {
  let [next, list] = [item[sibling], item.parentElement]
  while (!next && (list = list[sibling])) next = list[end]
  return next
}
const previous = (item) => beside(item, 'previousElementSibling', 'lastElementChild')
const next = (item) => beside(item, 'nextElementSibling', 'firstElementChild')
const isMessage = (item) => item.matches('.message')
const isMine = (message) => message.matches('.message--mine')
const when = (message) => new Date(message.querySelector('.message__time').dateTime)
const isOtherDay = (one, other) => when(one).toDateString() !== when(other).toDateString()

const insertDay = (message) => {
  const line = document.getElementById('day').content.firstElementChild.cloneNode(true)
  const { dateTime } = message.querySelector('.message__time')
  Object.assign(line.querySelector('time'), { dateTime, textContent: day.format(when(message)) })
  message.before(line)
}

const group = (item) => {
  const before = previous(item)
  let [last, isMarked] = [before, false]
  for (; last && !isMessage(last); last = previous(last)) isMarked ||= last.matches('.note--day')
  const isSecond = Boolean(last) && isMessage(item)
  if (isSecond && !isMarked && isOtherDay(last, item)) return insertDay(item)
  const isNext = isSecond && last === before && isMine(last) === isMine(item) &&
    when(item) - when(last) < 60_000
  item.classList.toggle('message--next', isNext)
  before?.classList.toggle('message--continued', isNext)
}

new MutationObserver((records) => {
  const lists = records.filter(({ target }) => target.matches('.transcript'))
  const nodes = lists.flatMap((one) => [one.previousSibling, ...one.addedNodes, one.nextSibling])
  for (const node of new Set(nodes)) {
    const item = node?.matches ? node : node?.nextElementSibling ?? node?.previousElementSibling
    if (!item?.isConnected) continue
    group(item)
    if (next(item)) group(next(item))
    else item.classList.remove('message--continued')
  }
}).observe(document.getElementById('panes'), { childList: true, subtree: true })
