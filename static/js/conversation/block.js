// A block replaces the composer, and an unblock restores it. Keeps the focus within the pane.
for (const state of ['online', 'offline', 'blocked']) {
  document.addEventListener(`presence-${state}`, ({ target }) => {
    const pane = target.closest('.pane')
    const fields = pane?.querySelectorAll('.composer > :is(textarea, button)')
    const isBlocked = state === 'blocked'
    if (!pane || fields[0].disabled === isBlocked) return
    const isLost = document.activeElement.matches('body, :is(.menu, .composer, .pane__blocked) *')
    for (const field of fields) field.disabled = isBlocked
    const next = isBlocked ? '.pane__blocked button' : '.composer__text'
    if (isLost && pane.matches(':target')) pane.querySelector(next).focus()
  })
}
