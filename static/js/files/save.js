// Saves a received file under its name. Before a program is saved, its warning is shown once more.

const RELEASED = 10_000 // ms: until every browser has begun to save
const dialog = document.getElementById('risk')
let download

const prepare = (bytes, name) => () => {
  const href = URL.createObjectURL(new Blob([bytes]))
  Object.assign(document.createElement('a'), { href, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(href), RELEASED)
}

export default (card, bytes, name) => {
  const warning = card.querySelector('.file__warning')
  download = prepare(bytes, name)
  if (!warning) return download()
  dialog.returnValue = ''
  dialog.querySelector('h2').textContent = name
  dialog.querySelector('.notice').textContent = warning.textContent
  dialog.showModal()
}

dialog.addEventListener('close', () => {
  if (dialog.returnValue) download()
  download = undefined
})
