// Passkeys: what a form cannot do. The server says what the device is asked; its answer is sent with the form.

const form = document.querySelector('[data-ceremony]')
const isMaking = form.dataset.ceremony === 'create'
let running = new AbortController()

const options = async () => {
  const answer = await fetch(form.dataset.options, { method: 'POST', body: new URLSearchParams(new FormData(form)) })
  if (answer.redirected) location.reload() // to where the password is asked for again
  return answer.json()
}

const ask = async (how) => {
  running.abort() // a browser asks one thing at a time
  const { signal } = running = new AbortController()
  const publicKey = PublicKeyCredential[`parse${isMaking ? 'Creation' : 'Request'}OptionsFromJSON`](await options())
  const credential = await navigator.credentials[form.dataset.ceremony]({ publicKey, signal, ...how })
  form.elements.answer.value = JSON.stringify(credential)
  form.submit()
}

// Among the names that the browser offers for the first field; before the question is too old, it is asked anew.
const offer = () => ask({ mediation: 'conditional' }).catch(() => {})
const startOffering = async () => {
  if (!('offered' in form.dataset) || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return
  offer()
  return setInterval(offer, 240_000)
}

const explain = ({ name }) => {
  const words = { NotAllowedError: form.dataset.cancelled, InvalidStateError: form.dataset.known }
  const line = document.createElement('p')
  line.className = 'notice'
  line.textContent = words[name] ?? form.dataset.failed
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
