// A press means what lay under the finger when it began: not a button that it has made appear there.

let pressed

addEventListener('pointerdown', ({ target }) => { pressed = target }, true)

addEventListener('click', (event) => {
  const button = event.target.closest('.message__actions button')
  if (!button || !event.detail || button.contains(pressed)) return // keys count no clicks
  event.preventDefault()
  event.stopImmediatePropagation()
}, true)
