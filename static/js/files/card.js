// Shows the state of a transfer on the card of its file, for the person who sends it and for the
// one who receives it. Screen readers are told three steps of its progress.

const STEPS = 2 // from 0 to 100 %
const percent = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' })
const news = document.getElementById('file-news')
const messageOf = (card) => card.closest('.message')
export const nameOf = (card) => messageOf(card).querySelector('.message__text').written

const say = (card, step) => {
  card.dataset.step = step
  news.textContent = `${nameOf(card)}: ${percent.format(step / STEPS)}`
}

export const showProgress = (card, share) => {
  const bar = card.querySelector('progress')
  const [value, step] = [Math.floor(100 * share), Math.floor(STEPS * share)]
  if (bar.value !== value) {
    bar.value = value
    bar.nextElementSibling.textContent = percent.format(value / 100)
  }
  if (card.dataset.step !== String(step)) say(card, step)
}

// Returns the focus to the same button, or to the first one.
const refocus = (card, place, action) => {
  const same = action && place.querySelector(`[data-file="${action}"]`)
  const next = same ?? place.querySelector('button') ?? messageOf(card)
  next.focus({ preventScroll: true })
}

// Returns the first element that shows the state.
export const show = (card, state, reason = '') => {
  const place = card.querySelector('.file__state')
  const { activeElement: focused } = document
  const wasFocused = place.contains(focused)
  const content = document.getElementById(`file-${state}`).content.cloneNode(true)
  const peer = card.closest('.pane').querySelector('.pane__peer').textContent
  for (const part of content.querySelectorAll('bdi')) part.textContent = peer
  for (const part of content.querySelectorAll('.file__reason')) part.textContent = reason
  card.dataset.state = state
  place.replaceChildren(content)
  htmx.trigger(place, 'htmx:load') // message_actions.js: its buttons are no tab stops yet
  if (wasFocused) refocus(card, place, focused.dataset.file)
  return place.firstElementChild
}
