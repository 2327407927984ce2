// The server writes UTC; each reader sees the time of the own clock, as it is written in the language of the page: in
// that of the own country, where the browser has said which one that is.

const { lang } = document.documentElement
const language = (tag) => tag.split('-')[0]
const isTag = (tag) => {
  try { return Intl.getCanonicalLocales(tag).length === 1 } catch { return false } // such as `en-US@posix`
}
const locale = navigator.languages?.find((tag) => isTag(tag) && language(tag) === language(lang)) ?? lang
const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' })
const whole = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' })

const translate = (place) => {
  for (const time of place.querySelectorAll('time[datetime*="T"]')) {
    const moment = new Date(time.dateTime)
    time.textContent = (time.matches('.message__time') ? clock : whole).format(moment)
    time.title = exact.format(moment)
  }
}

translate(document) // what came before this script
document.addEventListener('htmx:load', (event) => translate(event.target))

// What one person says within a minute stands together, with one time; a line says where another day begins.

const when = (message) => new Date(message.querySelector('.message__time').dateTime)
const side = (message) => message.matches('.message--mine')
const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', day: 'numeric', month: 'long' })

const drawDay = (message) => {
  const line = document.getElementById('day').content.firstElementChild.cloneNode(true)
  const time = line.querySelector('time')
  time.dateTime = message.querySelector('.message__time').dateTime
  time.textContent = day.format(when(message))
  message.before(line)
}

document.addEventListener('htmx:load', ({ target: message }) => {
  if (!message.matches('.transcript > .message')) return
  const before = message.previousElementSibling
  const last = [...message.parentElement.querySelectorAll(':scope > .message')].at(-2)
  if (last && when(last).toDateString() !== when(message).toDateString()) return drawDay(message)
  const isNext = before && before === last && side(before) === side(message) && when(message) - when(before) < 60_000
  message.classList.toggle('message--next', Boolean(isNext))
})
