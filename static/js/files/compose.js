// Shows the files that will be sent as cards above the text that the user writes.

import { part, showName, showOffer } from './describe.js'
import prepare from './prepare.js'
import './send.js'

const words = document.getElementById('attach').dataset
const MOST = 10

const clone = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true)

const problemOf = ({ isDirectory, size }, form) => {
  if (isDirectory) return words.folder
  if (!size) return words.empty
  if (size > words.limit * 1_000_000) return words.large
  return form.querySelectorAll('.attachment').length < MOST ? '' : words.many
}

const refuse = (form, name, problem) => {
  const item = clone('attachment-problem')
  for (const [i, words] of [name, problem].entries()) item.children[i].textContent = words
  form.querySelector('.attachments__problems').append(item)
  item.scrollIntoView({ block: 'nearest' })
  delete form.dataset.waits
}

const add = async (form, file) => {
  const problem = problemOf(file, form)
  if (problem) return refuse(form, file.name, problem)
  const card = Object.assign(clone('attachment'), { fileName: file.name.normalize() })
  showName(card, card.fileName)
  form.querySelector('.attachments__list').append(card)
  const offer = await prepare(file).catch(() => {})
  if (!card.isConnected) return
  if (!offer || words.only && !offer.kind) {
    card.remove()
    return refuse(form, file.name, offer ? words.foreign : words.unreadable)
  }
  showOffer(card, offer)
  card.offer = offer
  if ('waits' in form.dataset) form.requestSubmit() // offer.js
}

export default (form, files) => {
  if (!form.querySelector('.attachments')) form.prepend(clone('attachments'))
  form.querySelector('.attachments__problems').replaceChildren()
  for (const file of files) add(form, file)
  if (!matchMedia('(pointer: coarse)').matches) form.elements.text.focus()
}

document.addEventListener('click', ({ target }) => {
  const card = target.closest('.attachment__remove')?.closest('.attachment')
  if (!card) return
  const { text } = card.closest('.composer').elements
  const next = card.nextElementSibling ?? card.previousElementSibling
  card.remove()
  ;(next ? part(next, 'remove') : text).focus()
})
