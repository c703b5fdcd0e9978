// Shows a notice while no page of ours is open. Keeps nothing and fetches nothing.
self.addEventListener("push", (event) => {
  if (!event.data) return;
  const told = event.data.json();
  event.waitUntil(
    self.registration.showNotification(told.title, { body: told.body, tag: told.tag, data: { url: told.url } }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data;
  if (new URL(url).origin === self.location.origin) event.waitUntil(self.clients.openWindow(url));
});
