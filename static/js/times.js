// The server writes UTC; each reader sees the time of the own clock, in the own way of writing it.

const short = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })

const translate = (place) => {
  for (const time of place.querySelectorAll('time[datetime]')) {
    const moment = new Date(time.dateTime)
    time.textContent = short.format(moment)
    time.title = long.format(moment)
  }
}

translate(document) // what came before this script
document.addEventListener('htmx:load', (event) => translate(event.target))
