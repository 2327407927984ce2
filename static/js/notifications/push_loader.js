// Loads the switch for notifications without a page: when its menu opens, or at once if it is on.

const place = document.getElementById('push')
const load = async () => (await import(place.dataset.script)).show()

place.closest('details').addEventListener('toggle', load)
if (place.matches('[data-on]')) load()
