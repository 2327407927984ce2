// From person to person, from conversation to conversation, and from message to message, by keys.

const search = document.getElementById('search')
const isSeen = (link) => link.checkVisibility({ visibilityProperty: true })
// As they are seen, one below the other: list by list, since what is scrolled out of one lies behind another.
const isAfter = (one, other) => {
  const [list, next] = [one, other].map((link) => link.closest('.roster__section'))
  if (list !== next) return list.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1
  return one.getBoundingClientRect().top - other.getBoundingClientRect().top
}
const seen = (links) => [...document.querySelectorAll(links)].filter(isSeen).sort(isAfter)
let isWanted = false

const find = () => {
  // On a narrow screen a conversation lies over the list of people.
  if (!isSeen(search)) location.hash = 'roster'
  setTimeout(() => { search.focus(); search.select() })
}

const enter = () => {
  isWanted = Boolean(search.value.trim())
  if (isWanted) search.form.requestSubmit()
}

const leave = (target) => {
  if (search.value && !target.matches('.message')) {
    search.value = ''
    search.dispatchEvent(new Event('input', { bubbles: true }))
  }
  document.querySelector('.pane:target .composer__text:enabled')?.focus()
}

const step = (target, links, by) => {
  const all = seen(links)
  const next = all[all.indexOf(target) + by]
  if (next) next.focus()
  else if (by < 0 && target.matches('.person__link')) search.focus()
}

const turn = (by) => {
  const all = [...document.querySelectorAll('#open-conversations .person__link')]
  const at = all.findIndex((link) => link.hasAttribute('aria-current'))
  all.at((at < 0 && by < 0 ? by : at + by) % all.length)?.click()
}

export default (target, key) => {
  if (!key || /^[/?？؟]$/.test(key)) return showShortcuts(target)
  const by = key.endsWith('Up') ? -1 : 1
  if (key.startsWith('Alt')) turn(by)
  else if (key === 'k') find()
  else if (key === 'Escape') leave(target)
  else if (target === search) key === 'Enter' ? enter() : seen('.roster .person__link')[0]?.focus()
  else if (key === 'Enter') [...target.querySelectorAll('.transcript > .message')].at(-1)?.focus()
  else if (target.matches('.message')) step(target, '.pane:target .transcript > .message', by)
  else step(target, '.roster .person__link', by)
}

// What Enter has asked for may still be on its way.
document.addEventListener('htmx:afterSettle', ({ detail }) => {
  if (detail.target?.id !== 'found' || !isWanted) return
  isWanted = false
  seen('#found .person__link')[0]?.click()
})

// The list of shortcuts. A key alone can be pressed by mistake, above all by who speaks to the machine: it can be put off.

const dialog = document.getElementById('shortcuts')
let opener

const showShortcuts = (from) => {
  if (dialog.open) return
  opener = from.closest('[popover]') ? document.querySelector('.me__name') : from
  document.querySelector('[popover]:popover-open')?.hidePopover()
  dialog.showModal()
}

dialog.addEventListener('change', ({ target }) => { document.body.toggleAttribute('data-quiet', target.checked) })
dialog.addEventListener('close', () => opener.focus())
