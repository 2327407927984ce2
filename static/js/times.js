// The server writes UTC; each reader sees the time of the own clock, in the own way of writing it.

const short = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const long = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })

document.addEventListener('htmx:load', (event) => {
  for (const time of event.target.querySelectorAll('time[datetime]')) {
    const moment = new Date(time.dateTime)
    time.textContent = short.format(moment)
    time.title = long.format(moment)
  }
})
