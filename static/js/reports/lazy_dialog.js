// Most people never report anything: the dialog, its style and its script are fetched when somebody does.

const dialog = document.getElementById('report')
let ready

const prepare = async () => {
  await htmx.ajax('GET', '/report/', dialog)
  const style = dialog.querySelector('link')
  if (!style.sheet) await new Promise((done) => { style.onload = style.onerror = done })
  return import(dialog.querySelector('form').dataset.script)
}

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-report]')
  if (!button) return
  const pane = button.closest('.pane')
  const meant = button.closest('.message') ?? [...pane.querySelectorAll('.message--theirs')].at(-1)
  try {
    ready ??= prepare()
    ;(await ready).open(pane, meant)
  } catch {
    ready = undefined
    htmx.trigger(dialog, 'htmx:afterRequest', { successful: false }) // the page says that something was not fetched
  }
})
