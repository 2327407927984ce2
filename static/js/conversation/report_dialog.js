// Reports messages that this page shows. While open, the dialog holds copies of them, except of
// messages that are unsent or cleared meanwhile.

const dialog = document.getElementById('report')
const form = dialog.querySelector('.report__form')
const list = dialog.querySelector('.report__list')
const answer = document.getElementById('report-answer')
let pane, opener

const copy = (message, name) => {
  const { content, dataset: { you } } = dialog.querySelector('.report__message')
  const item = content.firstElementChild.cloneNode(true)
  const [, sender, id] = /^message-(\d+)-(.+)$/.exec(message.id)
  const { written: text } = message.querySelector('.message__text')
  const { dateTime: posted_at, dataset: { seal = '' } } = message.querySelector('time')
  const { size, kind, digest } = message.querySelector('.file')?.dataset ?? {}
  const file = size && { size: Number(size), kind, digest }
  item.dataset.of = message.id
  item.querySelector('input').value = JSON.stringify({ sender, id, text, posted_at, seal, file })
  item.querySelector('.report__who').textContent = message.matches('.message--mine') ? you : name
  item.querySelector('time').textContent = message.querySelector('time').textContent
  item.querySelector('.report__text').textContent = text
  return item
}

export default (button) => {
  pane = button.closest('.pane')
  const wanted = button.closest('.message') ?? [...pane.querySelectorAll('.message--theirs')].at(-1)
  const name = pane.querySelector('.pane__peer').textContent
  const messages = [...pane.querySelectorAll('.transcript > .message')]
  opener = button.closest('.message') ?? pane.querySelector('.pane__more')
  form.elements.peer.value = pane.dataset.conversation
  for (const place of dialog.querySelectorAll('.report__name')) place.textContent = name
  list.replaceChildren(...messages.map((message) => copy(message, name)))
  const tick = wanted && list.querySelector(`[data-of="${wanted.id}"] input`)
  if (tick) tick.checked = true
  dialog.showModal()
  ;(tick ?? form.elements.reason).focus()
}

dialog.addEventListener('close', () => {
  list.replaceChildren()
  answer.replaceChildren()
  form.reset()
  pane.dispatchEvent(new CustomEvent('return-focus', { bubbles: true, detail: opener }))
})

document.addEventListener('htmx:wsAfterMessage', () => {
  const isGone = ({ dataset }) => !document.getElementById(dataset.of)
  for (const item of [...list.children].filter(isGone)) item.remove()
})

// Moves the focus to the result, because the button that sent the report may be gone.
answer.addEventListener('htmx:afterSwap', () => answer.focus())
for (const kind of ['htmx:responseError', 'htmx:sendError']) {
  form.addEventListener(kind, () => {
    answer.replaceChildren(dialog.querySelector('.report__failed').content.cloneNode(true))
    answer.focus()
  })
}
