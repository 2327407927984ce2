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
