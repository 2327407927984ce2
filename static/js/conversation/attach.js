// Passes files that the user chooses, pastes or drops to the composer (files/compose.js), which
// refuses folders by name.

const filesIn = ({ items }) => [...items].filter(({ kind }) => kind === 'file').map((item) => {
  const entry = item.webkitGetAsEntry?.()
  return entry?.isDirectory ? entry : item.getAsFile()
})

const attach = (form, files) => // lazy_actions.js
  form.dispatchEvent(new CustomEvent('action', { bubbles: true, detail: ['attach', files] }))

// The composer of this conversation, unless it is blocked.
const composerOf = (pane) => pane?.querySelector('.composer:has(.composer__attach:enabled)')

document.addEventListener('click', ({ target }) => {
  target.closest('.composer__attach')?.form.querySelector('.composer__files').click()
})

document.addEventListener('change', ({ target }) => {
  if (!target.matches('.composer__files')) return
  attach(target.form, [...target.files])
  target.value = ''
})

// Text from a word processor comes with a picture of it.
document.addEventListener('paste', (event) => {
  const { clipboardData, target } = event
  const isText = ['text/plain', 'text/html'].every((each) => clipboardData.types.includes(each))
  const [form, files] = [composerOf(target.closest('.pane')), filesIn(clipboardData)]
  if (isText || !form || !files.length) return
  event.preventDefault()
  attach(form, files)
})

let shown // the drop target covers the pane, so the pointer leaves it
const show = (target) => {
  if (shown && shown !== target) shown.hidden = true
  if (target) target.hidden = false
  shown = target
}

// A file dropped elsewhere would replace the page.
const handlers = {
  dragover: (event, form) => {
    event.dataTransfer.dropEffect = form ? 'copy' : 'none'
    show(form?.querySelector('.composer__drop'))
  },
  dragleave: ({ target }) => { if (target === shown) show() },
  drop: ({ dataTransfer }, form) => {
    show()
    if (form) attach(form, filesIn(dataTransfer))
  },
}
for (const [kind, handle] of Object.entries(handlers)) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer.types.includes('Files')) return
    event.preventDefault()
    handle(event, composerOf(event.target.closest('.pane')))
  })
}
