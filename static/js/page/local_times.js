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
