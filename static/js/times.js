// The server writes UTC; each reader sees the time of the own clock, as it is written in the language of the page: in
// that of the own country, where the browser has said which one that is.

const { lang } = document.documentElement
const language = (tag) => tag.split('-')[0]
const locale = navigator.languages.find((tag) => language(tag) === language(lang)) ?? lang
const short = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' })
const long = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' })

const translate = (place) => {
  for (const time of place.querySelectorAll('time[datetime]')) {
    const moment = new Date(time.dateTime)
    time.textContent = short.format(moment)
    time.title = long.format(moment)
  }
}

translate(document) // what came before this script
document.addEventListener('htmx:load', (event) => translate(event.target))
