// Let this browser ring, or stop it. The page says what happened; nothing is asked before the button is pressed.
const part = document.querySelector("[data-push]");
const said = document.querySelector("[data-push-said]");
const start = part?.querySelector("[data-push-start]");
const stop = part?.querySelector("[data-push-stop]");

function say(which) {
  said.textContent = said.dataset[`words${which}`] ?? "";
}

function show(isOn) {
  start.hidden = isOn;
  stop.hidden = !isOn;
}

function bytes(text) {
  const padded = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(window.atob(padded), (sign) => sign.charCodeAt(0));
}

async function tell(fields) {
  const answer = await fetch(part.dataset.address, {
    method: "POST",
    headers: { "X-CSRFToken": part.dataset.token },
    body: new URLSearchParams(fields),
  });
  if (!answer.ok) throw new Error(String(answer.status));
}

async function begin(registration) {
  if ((await Notification.requestPermission()) !== "granted") {
    say("Denied");
    return;
  }
  const key = bytes(part.dataset.key);
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { keys } = subscription.toJSON();
  await tell({ endpoint: subscription.endpoint, key: keys.p256dh, secret: keys.auth });
  show(true);
  say("On");
}

async function end(registration) {
  const subscription = await registration.pushManager.getSubscription();
  if (subscription) {
    await tell({ endpoint: subscription.endpoint, stop: "on" });
    await subscription.unsubscribe();
  }
  show(false);
  say("Off");
}

async function prepare() {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !window.isSecureContext) {
    say("No");
    return;
  }
  const registration = await navigator.serviceWorker.register(part.dataset.worker, { scope: "/" });
  show(Boolean(await registration.pushManager.getSubscription()));
  start.addEventListener("click", () => begin(registration).catch(() => say("Failed")));
  stop.addEventListener("click", () => end(registration).catch(() => say("Failed")));
}

if (part) prepare().catch(() => say("No"));
