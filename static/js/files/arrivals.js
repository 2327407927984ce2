// Loads the scripts that receive files with the first message that offers one, and passes them
// clicks on its card.

const answered = new WeakSet() // panes in which the user has written

const use = (card, action) => // lazy_actions.js
  card.dispatchEvent(new CustomEvent('action', { bubbles: true, detail: ['receive', action] }))

document.addEventListener('offer', ({ target }) => answered.add(target.closest('.pane')))
document.addEventListener('htmx:load', ({ target }) => {
  const card = target.matches('.message--theirs') && target.querySelector('.file')
  if (card) use(card, answered.has(card.closest('.pane')) ? 'welcome' : 'arrive')
})

document.addEventListener('click', ({ target }) => {
  const button = target.closest('.message--theirs [data-file]')
  if (button) use(button.closest('.file'), button.dataset.file)
})
