// Saves a received file under its name. Before a program is saved, its warning is shown once more.

const RELEASED = 10_000 // ms: until every browser has begun to save
const dialog = document.getElementById('risk')
let shown
let download // has the bytes

const prepare = (bytes, name) => () => {
  const href = URL.createObjectURL(new Blob([bytes]))
  Object.assign(document.createElement('a'), { href, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(href), RELEASED)
}

export default (card, bytes, name) => {
  const warning = card.querySelector('.file__warning')
  if (!warning) return prepare(bytes, name)()
  shown = card
  download = prepare(bytes, name)
  dialog.returnValue = ''
  dialog.querySelector('h2').textContent = name
  dialog.querySelector('.notice').textContent = warning.textContent
  dialog.showModal()
}

dialog.addEventListener('close', () => {
  if (dialog.returnValue) download()
  shown = download = undefined
})
document.addEventListener('htmx:wsAfterMessage', () => {
  if (dialog.open && !shown.isConnected) dialog.close() // unsent or cleared
})
