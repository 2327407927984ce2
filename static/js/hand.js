// What a practised hand uses is fetched when it is first used: an action names the script that does it, and so do keys.

const place = document.getElementById('hand')
let ready

const prepare = async () => {
  await htmx.ajax('GET', '/hand/', place)
  const style = place.querySelector('link')
  if (!style.sheet) await new Promise((done) => { style.onload = style.onerror = done })
  return place.querySelector('[data-editing]').dataset
}

const use = async (name, ...on) => {
  let script
  try {
    ready ??= prepare()
    script = await import((await ready)[name])
  } catch {
    ready = undefined
    return htmx.trigger(place, 'htmx:afterRequest', { successful: false }) // the page says that something was not fetched
  }
  script.default(...on)
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-hand]')
  if (button) use(button.dataset.hand, button)
})

const meant = (event) => {
  const { target, key } = event
  if (key === 'ArrowUp' && target.matches('.composer__text') && !target.value) return 'editing'
}

document.addEventListener('keydown', (event) => {
  const name = !event.isComposing && meant(event)
  if (!name) return
  event.preventDefault()
  use(name, event.target, event.key)
})
