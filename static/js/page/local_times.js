// Shows times in the reader's time zone and in the language of the page. If the browser names the
// reader's country, uses that country's format. The server writes UTC.

const { lang } = document.documentElement
const language = (tag) => tag.split('-')[0]
const isTag = (tag) => {
  try { return Intl.getCanonicalLocales(tag).length === 1 } catch { return false } // `en-US@posix`
}
const isOurs = (tag) => isTag(tag) && language(tag) === language(lang)
const locale = navigator.languages?.find(isOurs) ?? lang
const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' })
const whole = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' })
const day = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' })

const localize = (place) => {
  for (const time of place.querySelectorAll('time[datetime*="T"]')) {
    const moment = new Date(time.dateTime)
    time.textContent = (time.matches('.message__time') ? clock : whole).format(moment)
    time.title = exact.format(moment)
  }
}

localize(document) // content that loaded before this script
document.addEventListener('htmx:load', (event) => localize(event.target))

const when = (message) => new Date(message.querySelector('.message__time').dateTime)
const isMine = (message) => message.matches('.message--mine')

// Returns the item before this one, which may be in the list before.
const previous = (item) => {
  let [before, list] = [item.previousElementSibling, item.parentElement]
  while (!before && (list = list.previousElementSibling)) before = list.lastElementChild
  return before
}

const insertDay = (message) => {
  const line = document.getElementById('day').content.firstElementChild.cloneNode(true)
  const time = line.querySelector('time')
  time.dateTime = message.querySelector('.message__time').dateTime
  time.textContent = day.format(when(message))
  message.before(line)
}

// Messages that one person sends within a minute share a time. A line marks the start of each day.
document.addEventListener('htmx:load', ({ target: message }) => {
  if (!message.matches('.transcript > .message')) return
  const before = previous(message)
  let last = before
  while (last && !last.matches('.message')) last = previous(last)
  if (last && when(last).toDateString() !== when(message).toDateString()) return insertDay(message)
  const isNext = before && before === last && isMine(before) === isMine(message) &&
    when(message) - when(before) < 60_000
  message.classList.toggle('message--next', Boolean(isNext))
})
