// The browser keeps nothing of this page: not the address that htmx notes in the session storage, and no frozen copy
// of the page that going back would bring to life again.

try { sessionStorage.removeItem('htmx-current-path-for-history') } catch { /* it keeps nothing for any page */ }

addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
