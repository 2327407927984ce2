// Handles passkeys. The server sends the options of a ceremony; the form sends the device's answer.

const form = document.querySelector('[data-ceremony]')
const { ceremony } = form.dataset // "create" or "get"
const parse = `parse${ceremony === 'create' ? 'Creation' : 'Request'}OptionsFromJSON`
let running = new AbortController()

const fetchOptions = async () => {
  const body = new URLSearchParams(new FormData(form))
  const answer = await fetch(form.dataset.options, { method: 'POST', body })
  if (answer.redirected) location.reload() // to the page that asks for the password again
  return answer.json()
}

const ask = async (how) => {
  running.abort() // a browser runs one ceremony at a time
  const { signal } = running = new AbortController()
  const publicKey = PublicKeyCredential[parse](await fetchOptions())
  const credential = await navigator.credentials[ceremony]({ publicKey, signal, ...how })
  form.elements.answer.value = JSON.stringify(credential)
  form.submit()
}

// Offers passkeys in the first field's autofill. Fetches new options before the old ones expire.
const offer = () => ask({ mediation: 'conditional' }).catch(() => {})
const startOffering = async () => {
  if (!('offered' in form.dataset)) return
  if (!await PublicKeyCredential.isConditionalMediationAvailable?.()) return
  offer()
  return setInterval(offer, 240_000)
}

const explain = ({ name }) => {
  const { cancelled, known, failed } = form.dataset
  const words = { NotAllowedError: cancelled, InvalidStateError: known }
  const line = document.createElement('p')
  line.className = 'notice'
  line.textContent = words[name] ?? failed
  form.querySelector('[data-words]').replaceChildren(line)
}

if (window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
  form.hidden = false
  document.querySelector('[data-without-passkeys]')?.remove()
  let offering = startOffering()
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    clearInterval(await offering)
    await ask().catch((error) => {
      explain(error)
      offering = startOffering()
    })
  })
}
