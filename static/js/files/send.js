// Sends each offered file when a page of the recipient requests it. The page repeats its request
// until a sender connects.

import { files, forget } from './offer.js'
import { showEnd, showPart } from './progress.js'
import { isOffered, postpone } from './protocol.js'
import upload from './upload.js'

const AT_ONCE = 2
const requests = document.getElementById('file-requests')
const uploads = new Set()

const messageOf = (key) => document.getElementById(`message-${key}`)

const start = (key, token) => {
  const started = { key }
  const told = (part) => { started.view = showPart(messageOf(key), part, started.view) }
  const ended = (how, reason) => {
    uploads.delete(started)
    showEnd(messageOf(key), how, reason, started.view)
    if (how === 'unreadable') forget(key) // the recipient's page hears that it is gone
    if (how === 4430) postpone(token) // a limit is reached (close_codes.py)
    answer()
  }
  started.stop = upload(files.get(key), token, { told, ended })
  uploads.add(started)
}

const answer = () => {
  for (const request of [...requests.children].reverse()) {
    const { message: key, token } = request.dataset
    if (files.has(key) && uploads.size >= AT_ONCE) continue
    request.remove()
    if (files.has(key) && isOffered(request)) start(key, token)
  }
}

// A newer request of the same page replaces one that waits.
document.addEventListener('htmx:load', ({ target }) => {
  if (target.parentElement !== requests) return
  for (const each of [...requests.children]) {
    if (each !== target && each.dataset.message === target.dataset.message) each.remove()
  }
  answer()
  if (target.isConnected) postpone(target.dataset.token)
})

const stopAll = (isMeant) => [...uploads].filter(isMeant).forEach(({ stop }) => stop())
document.addEventListener('unread-counted', () => stopAll(({ key }) => !files.has(key)))
document.addEventListener('click', ({ target }) => {
  const button = target.closest('.file__state [data-file]')
  const message = button?.closest('.message')
  const key = message?.id.replace('message-', '')
  if (button?.dataset.file === 'stop') stopAll((each) => each.key === key)
  if (button?.dataset.file !== 'again' || !files.has(key)) return
  const name = message.querySelector('.message__text').written
  const detail = ['attach', [new File([files.get(key)], name)]]
  message.closest('.pane').querySelector('.composer')
    .dispatchEvent(new CustomEvent('action', { bubbles: true, detail }))
})
