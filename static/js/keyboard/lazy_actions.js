// What a practised hand uses is fetched when it is first used: an action names the script that does it, and so do keys.

const place = document.getElementById('hand')
const isCommand = /Mac|iP/.test(navigator.platform) ? 'metaKey' : 'ctrlKey'
const there = {} // what was used before acts at once: the next key may follow on its heels
let ready

const prepare = async () => {
  await htmx.ajax('GET', '/hand/', place)
  const style = place.querySelector('link')
  if (!style.sheet) await new Promise((done) => { style.onload = style.onerror = done })
  return style.nextElementSibling.dataset
}

const use = async (name, ...on) => {
  try {
    ready ??= prepare()
    there[name] ??= (await import((await ready)[name])).default
  } catch {
    ready = undefined
    return htmx.trigger(place, 'htmx:afterRequest', { successful: false }) // the page says that something was not fetched
  }
  there[name](...on)
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-hand]')
  if (button) use(button.dataset.hand, button)
})

// The letter on a key, whether or not capitals are locked. Where it is of another script than ours, the key counts: a K
// is where it is on other keyboards (UI Events, `code`).
const letter = ({ key, code }) => {
  const isOther = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key)
  return isOther ? { KeyK: 'k', Slash: '/' }[code] : key.length > 1 ? key : key.toLowerCase()
}

// Which script a key leads to, and where.
const meant = (event) => {
  const { target, key, altKey, ctrlKey, metaKey, shiftKey, [isCommand]: isCommanded } = event
  const is = (where) => target.matches(where)
  if (isCommanded && !altKey) return { k: !shiftKey && 'moving', '/': 'shortcuts' }[letter(event)]
  if (ctrlKey || metaKey) return
  const isUpOrDown = key === 'ArrowUp' || key === 'ArrowDown'
  if (altKey ? isUpOrDown : isUpOrDown || key === 'Escape' ? is('.person__link, .transcript > .message') : key === 'Enter' && is('.pane__scroller')) return 'moving'
  if (is('#search') && /^(Enter|Escape|ArrowDown)$/.test(key)) return 'moving'
  if (key === 'ArrowUp' && is('.composer__text') && !target.value) return 'editing'
  if (/^[?？؟]$/.test(key) && !is('input, select, textarea, [data-quiet] *')) return 'shortcuts'
}

document.addEventListener('keydown', (event) => {
  const name = !event.isComposing && meant(event)
  if (!name) return
  event.preventDefault()
  use(name, event.target, event.altKey ? `Alt${event.key}` : letter(event))
})
