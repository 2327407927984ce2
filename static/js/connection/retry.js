// What was not delivered is offered again: when the one it waits for is back, when it has waited long enough, or when
// its writer says so. Who thinks better of it has it back in the composer, or is rid of it.

const setState = (bubble, name) => {
  const words = bubble.closest('.pane').querySelector(`template.${name}`).content.cloneNode(true)
  bubble.querySelector('.message__state').replaceChildren(words)
}

const retry = (bubble) => {
  bubble.dataset.again = ''
  setState(bubble, 'sending')
  bubble.dispatchEvent(new Event('offer', { bubbles: true }))
}

document.addEventListener('unknown', (event) => setState(event.target, 'unknown'))

document.addEventListener('presence-online', (event) => {
  if (!event.target.matches('.pane__presence')) return
  event.target.closest('.pane').querySelectorAll('.message:has(.state--waiting)').forEach(retry)
})

// Somebody who was away so shortly that nobody saw them go does not arrive either: one looks again in a moment.
document.addEventListener('htmx:wsAfterMessage', () => {
  const isWaiting = '.pane:has(.pane__presence .presence--online) .message:has(.state--waiting)'
  for (const bubble of document.querySelectorAll(`${isWaiting}:not([data-soon])`)) {
    bubble.dataset.soon = ''
    setTimeout(() => {
      delete bubble.dataset.soon
      if (bubble.isConnected && bubble.matches(isWaiting)) retry(bubble)
    }, 3000)
  }
})

// Somebody who appears offline arrives unseen: one looks now and then, whoever it is, and the words stay where they are.
setInterval(() => {
  for (const bubble of document.querySelectorAll('.message:has(.state--waiting)')) {
    bubble.dataset.again = ''
    bubble.dispatchEvent(new Event('offer', { bubbles: true }))
  }
}, 3_000 * document.body.dataset.heartbeat)

// What was too fast goes on in order: the next one when the server has taken the one before it.
const LINE = ':is(.transcript, .outbox) > .message:has(.state[data-seconds]), .outbox > .message[data-held]'
let head, timer

const goOn = () => {
  timer = undefined
  head = document.querySelector(LINE)
  if (!head) return
  delete head.dataset.held
  retry(head)
}

document.addEventListener('htmx:wsAfterMessage', () => {
  const next = head?.isConnected ? head : document.querySelector(LINE)
  if (timer || !next || next.querySelector('.state--sending:not([data-held] *)')) return
  const wait = !head || head.isConnected ? next.querySelector('.state').dataset.seconds : 0
  timer = setTimeout(goOn, (wait ?? 0) * 1000)
})

document.addEventListener('click', (event) => {
  const action = event.target.closest('[data-outbox]')?.dataset.outbox
  if (!action) return
  const bubble = event.target.closest('.message')
  const composer = bubble.closest('.pane').querySelector('.composer__text')
  if (action === 'retry') retry(bubble)
  else if (action === 'discard') bubble.remove()
  else {
    composer.value = [bubble.querySelector('.message__text').written, composer.value].filter(Boolean).join('\n')
    composer.dispatchEvent(new Event('change', { bubbles: true }))
    bubble.remove()
  }
  composer.focus()
})
