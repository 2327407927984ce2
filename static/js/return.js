// The page that is shown where nobody answers makes way as soon as there is a network again.

addEventListener('online', () => location.reload())
