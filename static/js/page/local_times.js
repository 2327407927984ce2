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

// A line above a message says that another day began.
document.addEventListener('day-began', ({ target: message }) => {
  const line = document.getElementById('day').content.firstElementChild.cloneNode(true)
  const { dateTime } = message.querySelector('.message__time')
  const textContent = day.format(new Date(dateTime))
  Object.assign(line.querySelector('time'), { dateTime, textContent })
  message.before(line)
})
