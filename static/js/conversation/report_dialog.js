// A report is made of what is still on this screen, and of that what is ticked. The dialog holds copies only while it is
// open, and none of a message that has been taken back or cleared meanwhile.

const dialog = document.getElementById('report')
const form = dialog.querySelector('.report__form')
const list = dialog.querySelector('.report__list')
const answer = document.getElementById('report-answer')
let opener

const copy = (message, name) => {
  const template = dialog.querySelector('.report__message')
  const item = template.content.firstElementChild.cloneNode(true)
  const [, sender, id] = /^message-(\d+)-(.+)$/.exec(message.id)
  const time = message.querySelector('time')
  const text = message.querySelector('.message__text').written
  const said = { sender, id, text, posted_at: time.dateTime, seal: time.dataset.seal ?? '' }
  item.dataset.of = message.id
  item.querySelector('input').value = JSON.stringify(said)
  item.querySelector('.report__who').textContent = message.matches('.message--mine') ? template.dataset.you : name
  item.querySelector('time').textContent = time.textContent
  item.querySelector('.report__text').textContent = text
  return item
}

export const open = (pane, meant) => {
  const name = pane.querySelector('.pane__peer').textContent
  opener = pane.querySelector('.pane__more')
  form.elements.peer.value = pane.dataset.peer
  for (const place of dialog.querySelectorAll('.report__name')) place.textContent = name
  list.replaceChildren(...[...pane.querySelectorAll('.transcript > .message')].map((message) => copy(message, name)))
  const tick = meant && list.querySelector(`[data-of="${meant.id}"] input`)
  if (tick) tick.checked = true
  dialog.showModal()
  ;(tick ?? form.elements.reason).focus()
}

dialog.addEventListener('close', () => {
  list.replaceChildren()
  answer.replaceChildren()
  form.reset()
  opener.focus()
})

document.addEventListener('htmx:wsAfterMessage', () => {
  for (const item of [...list.children]) if (!document.getElementById(item.dataset.of)) item.remove()
})

// The button that sent it may be gone: what became of it is where one goes on.
const tell = (...words) => {
  if (words.length) answer.replaceChildren(...words)
  answer.focus()
}
answer.addEventListener('htmx:afterSwap', () => tell())
for (const kind of ['htmx:responseError', 'htmx:sendError']) {
  form.addEventListener(kind, () => tell(dialog.querySelector('.report__failed').content.cloneNode(true)))
}
