// Sends each offered file when a page of the recipient wants it, which it asks for until one comes.

import { files, forget } from './offer.js'
import { showEnd, showPart } from './progress.js'
import { isOffered, postpone } from './protocol.js'
import upload from './upload.js'

const { me } = document.getElementById('attach').dataset
const AT_ONCE = 2
const requests = document.getElementById('file-requests')
const uploads = new Set()

const messageOf = (id) => document.getElementById(`message-${me}-${id}`)
const idOf = ({ dataset: { message } }) => message.replace(/^\d+-/, '')

const start = (id, token) => {
  const started = { id }
  const told = (part) => { started.view = showPart(messageOf(id), part, started.view) }
  const ended = (how, reason) => {
    uploads.delete(started)
    showEnd(messageOf(id), how, reason, started.view)
    if (how === 'unreadable') forget(id) // the recipient's page hears that it is gone
    answer()
  }
  started.stop = upload(files.get(id), token, { told, ended })
  uploads.add(started)
}

const answer = () => {
  for (const request of [...requests.children].reverse()) {
    const id = idOf(request)
    if (files.has(id) && uploads.size >= AT_ONCE) continue
    request.remove()
    if (files.has(id) && isOffered(request)) start(id, request.dataset.token)
  }
}

// A newer request of the same page replaces one that waits.
document.addEventListener('htmx:load', ({ target }) => {
  if (target.parentElement !== requests) return
  for (const each of [...requests.children]) {
    if (each !== target && idOf(each) === idOf(target)) each.remove()
  }
  answer()
  if (target.isConnected) postpone(target.dataset.token)
})

const stopAll = (isMeant) => [...uploads].filter(isMeant).forEach(({ stop }) => stop())
document.addEventListener('unread-counted', () => stopAll(({ id }) => !files.has(id)))
document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-upload]')
  const message = button?.closest('.message')
  const id = message?.id.replace(/^message-\d+-/, '')
  if (button?.dataset.upload === 'stop') stopAll((each) => each.id === id)
  if (button?.dataset.upload !== 'again' || !files.has(id)) return
  const name = message.querySelector('.message__text').written
  const detail = ['attach', [new File([files.get(id)], name)]]
  message.closest('.pane').querySelector('.composer')
    .dispatchEvent(new CustomEvent('action', { bubbles: true, detail }))
})
