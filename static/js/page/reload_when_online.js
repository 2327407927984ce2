// The page that is shown where nobody answers makes way as soon as the server does: it may have been the server that was
// away, of which no browser tells.

const look = async () => { if ((await fetch('', { method: 'HEAD' })).ok) location.reload() }

addEventListener('online', () => location.reload())
setInterval(() => look().catch(() => {}), 5_000)
