// What was not delivered is offered again: when the one it waits for is back, when it has waited long enough, or when
// its writer says so; who thinks better of it has it back in the composer.

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

document.addEventListener('htmx:oobBeforeSwap', (event) => {
  const { target, fragment } = event.detail
  if (!target.matches('.pane__presence') || !fragment.querySelector('.presence--online')) return
  target.closest('.pane').querySelectorAll('.message:has(.state--waiting)').forEach(retry)
})

document.addEventListener('htmx:wsAfterMessage', () => {
  for (const refusal of document.querySelectorAll('.state[data-seconds]')) {
    const bubble = refusal.closest('.message')
    setTimeout(() => refusal.isConnected && retry(bubble), refusal.dataset.seconds * 1000)
    refusal.removeAttribute('data-seconds')
  }
})

document.addEventListener('click', (event) => {
  const action = event.target.closest('[data-outbox]')?.dataset.outbox
  if (!action) return
  const bubble = event.target.closest('.message')
  const composer = bubble.closest('.pane').querySelector('.composer__text')
  if (action === 'retry') retry(bubble)
  else {
    composer.value = [bubble.querySelector('.message__text').textContent, composer.value].filter(Boolean).join('\n')
    composer.dispatchEvent(new Event('change', { bubbles: true }))
    bubble.remove()
  }
  composer.focus()
})
