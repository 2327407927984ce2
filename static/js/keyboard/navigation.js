// Moves between people, conversations and messages by keyboard, and shows the list of shortcuts.

const search = document.getElementById('search')
const shortcuts = document.getElementById('shortcuts')
// Lists people in visual order, section by section: rows may be scrolled away or out of order.
const isVisible = (element) => element.checkVisibility({ visibilityProperty: true })
const top = (element) => element.getBoundingClientRect().top
const people = () => [...document.querySelectorAll('.roster__section')].flatMap((section) =>
  [...section.querySelectorAll('.person__link')].filter(isVisible).sort((a, b) => top(a) - top(b)))
const messages = () => [...document.querySelectorAll('.pane:target .transcript > .message')]

const focusSearch = () => {
  if (!isVisible(search)) location.hash = 'roster' // on a narrow screen with a conversation
  setTimeout(() => { search.focus(); search.select() })
}

const openFirst = () => people().find((link) => link.closest('#found'))?.click()
const openResult = () => {
  if (!search.value.trim()) return
  document.getElementById('found').addEventListener('htmx:afterSettle', openFirst, { once: true })
  search.form.requestSubmit()
}

const leave = (target) => {
  if (search.value && !target.closest('.message')) {
    search.value = ''
    search.dispatchEvent(new Event('input', { bubbles: true }))
  }
  document.querySelector('.pane:target .composer__text:enabled')?.focus()
}

const switchConversation = (by) => {
  const all = [...document.querySelectorAll('#open-conversations .person__link')]
  const index = all.findIndex((link) => link.ariaCurrent)
  all.at((index < 0 && by < 0 ? by : index + by) % all.length)?.click()
}

const step = (target, all, by) => {
  const isFirst = by < 0 && target.matches('.person__link')
  ;(all[all.indexOf(target) + by] ?? (isFirst ? search : target)).focus()
}

const showShortcuts = (from) => {
  const isInMenu = from.closest('[popover]') // hidden afterwards
  ;(isInMenu ? document.querySelector('.me__name') : from.closest('.message'))?.focus()
  shortcuts.showModal() // closes menus, and later restores the focus
}

export default (target, key = '/') => {
  const by = key.endsWith('Up') ? -1 : 1
  const message = target.closest('.transcript > .message')
  const all = message ? messages() : people()
  if (/[/?？؟]$/.test(key)) shortcuts.open || showShortcuts(target)
  else if (key.startsWith('Alt')) switchConversation(by)
  else if (key === 'k') focusSearch()
  else if (key === 'Escape') leave(target)
  else if (target === search) key === 'Enter' ? openResult() : all[0]?.focus()
  else if (key === 'Home' || key === 'End') all.at(key === 'Home' ? 0 : -1).focus()
  else step(message ?? target, all, by)
}
