// Opens the dialogs of files: a picture as large as the window, and the warning that is shown once
// more before a program is saved.

import { paint } from './picture.js'

const RELEASED = 10_000 // ms: until every browser has begun to save
const [picture, risk] = ['picture', 'risk'].map((id) => document.getElementById(id))
let shown // the card of this file
let download // has the bytes

const open = (dialog, card, name) => {
  shown = card
  dialog.querySelector('h2').textContent = name
  dialog.showModal()
}

export const enlarge = async (card, bytes, name) => {
  const canvas = await paint(bytes, name, innerWidth, innerHeight)
  if (!card.isConnected || shown) return
  picture.append(canvas)
  open(picture, card, name)
}

const prepare = (bytes, name) => () => {
  const href = URL.createObjectURL(new Blob([bytes]))
  Object.assign(document.createElement('a'), { href, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(href), RELEASED)
}

export const save = (card, bytes, name) => {
  const warning = card.querySelector('.file__warning')
  if (!warning) return prepare(bytes, name)()
  download = prepare(bytes, name)
  risk.returnValue = ''
  risk.querySelector('.notice').textContent = warning.textContent
  open(risk, card, name)
}

picture.addEventListener('close', () => {
  picture.querySelector('canvas').remove()
  const detail = shown.querySelector('button[data-file="show"]')
  shown = undefined // it would keep the bytes
  document.querySelector('.pane:target')?.dispatchEvent(
    new CustomEvent('return-focus', { bubbles: true, detail }))
})
picture.addEventListener('click', ({ target }) => { if (target === picture) picture.close() })
risk.addEventListener('close', () => {
  if (risk.returnValue) download()
  shown = download = undefined
})
document.addEventListener('htmx:wsAfterMessage', () => {
  if (shown?.isConnected !== false) return
  for (const dialog of [picture, risk]) dialog.close() // unsent or cleared
})
