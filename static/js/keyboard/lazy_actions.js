// Loads the script of an action or a key on first use. Each action and key names its script.

const mod = /Mac|iP/.test(navigator.platform) ? 'metaKey' : 'ctrlKey'
const QUIET = 'input, select, textarea, :root:has(.shortcuts__quiet :checked) *'
const [scripts, loaded] = [{}, {}] // a loaded one runs at once: the next key may follow quickly

const ready = (style) => style.sheet || new Promise((ok) => { style.onload = style.onerror = ok })
const prepare = async (part) => {
  const place = document.getElementById(part)
  await htmx.ajax('GET', `/${part}/`, place)
  const styles = [...place.querySelectorAll('link')]
  await Promise.all(styles.map(ready))
  return Object.assign({}, ...styles.map(({ dataset }) => dataset))
}

const use = async (name, ...on) => {
  const part = { report: 'report', attach: 'files', receive: 'files' }[name] ?? 'lazy-actions'
  try {
    scripts[part] ??= prepare(part)
    loaded[name] ??= (await import((await scripts[part])[name])).default
  } catch {
    delete scripts[part]
    return htmx.trigger(document.body, 'htmx:afterRequest', { successful: false }) // monitor.js
  }
  loaded[name](...on)
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest('[data-action]')
  if (button) use(button.dataset.action, button, button.value)
})
document.addEventListener('action', ({ target, detail: [name, part] }) => use(name, target, part))

// On a keyboard for another script, uses the physical position of K (`code` in UI Events).
const letter = ({ key, code }) => {
  const isForeign = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key)
  return isForeign ? { KeyK: 'k', Slash: '/' }[code] : key.length > 1 ? key : key.toLowerCase()
}

const actionFor = (event) => {
  const { target, key, altKey, ctrlKey, metaKey, shiftKey } = event
  const is = (where) => target.matches(where)
  if (ctrlKey || metaKey) {
    return event[mod] && !altKey && { k: !shiftKey && 'navigate', '/': 'shortcuts' }[letter(event)]
  }
  if (altKey) return /^Arrow(Up|Down)$/.test(key) && 'navigate'
  const isMove = /^(Arrow(Up|Down)|Home|End|Escape)$/.test(key)
  if (isMove && is('.person__link, .transcript *')) return 'navigate'
  if (is('#search') && /^(Enter|Escape|ArrowDown)$/.test(key)) return 'navigate'
  if (key === 'ArrowUp' && is('.composer__text') && !target.value) return 'edit'
  if (key === 'Escape' && is('.editing *, .editing:not([hidden]) + * > textarea')) return 'edit'
  if (/^[?？؟]$/.test(key) && !is(QUIET)) return 'shortcuts'
}

document.addEventListener('keydown', (event) => {
  const name = !event.isComposing && actionFor(event)
  if (!name) return
  event.preventDefault()
  use(name, event.target, event.altKey ? `Alt${event.key}` : letter(event))
})
